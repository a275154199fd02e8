# CMake toolchain: Windows on x86-64, by Debian's mingw-w64 or by clang with its headers and libraries; ci/windows.sh prepares
# the libraries. Programs run under wine. Linked statically: a program needs no DLL but the system's.
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(MNIST_SIMD_TARGET x86_64-w64-mingw32)
if(NOT CMAKE_C_COMPILER)
  set(CMAKE_C_COMPILER ${MNIST_SIMD_TARGET}-gcc-posix)
endif()
set(CMAKE_C_COMPILER_TARGET ${MNIST_SIMD_TARGET}) # for clang, which has one compiler for all
set(CMAKE_RC_COMPILER ${MNIST_SIMD_TARGET}-windres)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_PREFIX_PATH ${CMAKE_CURRENT_LIST_DIR}/../build-cross/${MNIST_SIMD_TARGET})
set(CMAKE_CROSSCOMPILING_EMULATOR wine)
