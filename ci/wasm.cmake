# CMake toolchain: WebAssembly as Debian's clang, lld and wasi-libc build it; ci/playground.sh prepares its libraries. Runs in
# node, which gives it files and a clock, or in a page, where web/wasi.js does.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR wasm32)
if(NOT CMAKE_C_COMPILER)
  set(CMAKE_C_COMPILER clang-19)
endif()
set(CMAKE_C_COMPILER_TARGET wasm32-wasi)
set(CMAKE_C_FLAGS_INIT -D_WASI_EMULATED_GETPID)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-fuse-ld=lld -lwasi-emulated-getpid -Wl,-z,stack-size=1048576 -Wl,--stack-first")
set(CMAKE_AR llvm-ar-19)
set(CMAKE_RANLIB llvm-ranlib-19)
set(CMAKE_PREFIX_PATH ${CMAKE_CURRENT_LIST_DIR}/../build-cross/wasm32-wasi)
