# What a file from a stranger meets when it finds a fault of ours all the same: mnist_simd_flags with the compiler's defences,
# mnist_simd_hardened_link with the linker's. With MNIST_SIMD_SANITIZE, sanitizers take the place of both.
# tests/test_hardening.sh reads from the program that they are there. None of them is in a loop of a kernel.

add_library(mnist_simd_hardened_link INTERFACE)

if(MNIST_SIMD_SANITIZE)
  # A finding ends the program. Frame pointers make the reports readable.
  set(sanitizer -fsanitize=${MNIST_SIMD_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -U_FORTIFY_SOURCE)
  target_compile_options(mnist_simd_flags INTERFACE ${sanitizer})
  target_link_options(mnist_simd_flags INTERFACE ${sanitizer})
  return()
endif()
if(processor STREQUAL wasm32) # the engine guards what a module can reach
  return()
endif()
if(WIN32) # loaded anywhere, no stack or data that can be executed; mingw-w64 has none of the checked functions
  target_link_options(mnist_simd_hardened_link INTERFACE -Wl,--dynamicbase,--high-entropy-va,--nxcompat)
  return()
endif()

target_compile_options(mnist_simd_flags INTERFACE -fstack-protector-strong)

# Control-flow protection, which two architectures have: Intel CET, and Arm's BTI and PAC.
if(processor MATCHES "x86")
  set(control_flow -fcf-protection)
elseif(processor STREQUAL aarch64)
  set(control_flow -mbranch-protection=standard)
endif()
if(control_flow)
  check_c_compiler_flag(${control_flow} MNIST_SIMD_HAS_CONTROL_FLOW)
endif()
if(MNIST_SIMD_HAS_CONTROL_FLOW)
  target_compile_options(mnist_simd_flags INTERFACE ${control_flow})
endif()

# glibc's checked memcpy, snprintf, ...: of sizes known when the program is compiled or, in level 3, when it runs. They need an
# optimised build; the compiler of a distribution may have set a level of its own.
if((CMAKE_C_COMPILER_ID STREQUAL GNU AND CMAKE_C_COMPILER_VERSION VERSION_LESS 12)
   OR (CMAKE_C_COMPILER_ID STREQUAL Clang AND CMAKE_C_COMPILER_VERSION VERSION_LESS 9))
  set(fortify_level 2)
else()
  set(fortify_level 3)
endif()
target_compile_options(
  mnist_simd_flags
  INTERFACE $<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=${fortify_level}>
)

# Loaded anywhere; what the loader fills in is read-only before main; no stack or data that can be executed.
target_link_options(mnist_simd_hardened_link INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
