# CMake toolchain: Linux on another architecture, or musl, by Debian's compilers; MNIST_SIMD_TARGET names the target, which
# ci/cross.sh prepares. Programs run natively or under qemu-user. Linked statically: the emulator needs no libraries then, and
# qemu 7.2 hangs in pthread_create of dynamically linked programs on newer kernels.
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MNIST_SIMD_TARGET)
set(CMAKE_SYSTEM_NAME Linux)
string(REGEX MATCH "^[^-]+" CMAKE_SYSTEM_PROCESSOR "${MNIST_SIMD_TARGET}")
string(REPLACE powerpc ppc CMAKE_SYSTEM_PROCESSOR "${CMAKE_SYSTEM_PROCESSOR}")
if(NOT CMAKE_C_COMPILER)
  set(CMAKE_C_COMPILER ${MNIST_SIMD_TARGET}-gcc)
endif()
set(CMAKE_C_COMPILER_TARGET ${MNIST_SIMD_TARGET}) # for clang, which has one compiler for all
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_PREFIX_PATH ${CMAKE_CURRENT_LIST_DIR}/../build-cross/${MNIST_SIMD_TARGET})
if(CMAKE_SYSTEM_PROCESSOR STREQUAL i686)
  set(CMAKE_C_FLAGS_INIT "-msse2 -mfpmath=sse") # x87 arithmetic has other bits
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-i386) # not every kernel runs 32-bit programs
elseif(NOT CMAKE_SYSTEM_PROCESSOR STREQUAL x86_64)
  set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${CMAKE_SYSTEM_PROCESSOR})
endif()
