# CMake toolchain: AArch64 Linux by Debian's cross compiler (gcc-aarch64-linux-gnu, libjansson-dev:arm64, libpng-dev:arm64); tests run under
# qemu-user. Linked statically: the emulator needs no libraries then, and qemu 7.2 hangs in pthread_create of dynamically
# linked programs on newer kernels.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
