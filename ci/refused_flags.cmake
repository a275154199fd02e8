# Refuses flags under which a compiler may compute something else than what is written, wherever they were given. What is
# missing here, the program finds when it starts (runtime/platform/check_build.c). tests/test_guards.sh runs it as a script:
# cmake -DCMAKE_C_FLAGS=... -P ci/refused_flags.cmake
set(refused
    "-ffast-math|-Ofast|-fapprox-func|-ffp-model=(fast|aggressive)|-ffp-eval-method=(double|extended)"
    "-funsafe-math-optimizations|-fassociative-math|-freciprocal-math|-fsingle-precision-constant|-mrecip.*"
    "-ffinite-math-only|-fno-honor-(nans|infinities)|-menable-.*|-fno-signed-zeros"
    "-ffp-contract=(fast.*|on)|-mfused-madd|-fdenormal-fp-math(-f32)?=.*(positive-zero|preserve-sign|dynamic).*"
    "-fcuda-flush-denormals-to-zero|-fgpu-flush-denormals-to-zero|-mdaz-ftz|-mfpmath=(.*387.*|both)|-mlow-precision-.*"
)
list(JOIN refused "|" refused)

set(given_flags "${CMAKE_C_COMPILER_ARG1} ${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}")
foreach(type IN LISTS CMAKE_BUILD_TYPE CMAKE_CONFIGURATION_TYPES)
  string(TOUPPER "${type}" type)
  string(APPEND given_flags " ${CMAKE_C_FLAGS_${type}} ${CMAKE_EXE_LINKER_FLAGS_${type}}")
endforeach()
separate_arguments(given_flags UNIX_COMMAND "${given_flags}")
get_directory_property(inherited_flags COMPILE_OPTIONS) # of a project that has this one as a part
foreach(flag IN LISTS given_flags inherited_flags)
  if(flag MATCHES "^(${refused})$")
    message(FATAL_ERROR "${flag} changes results, which this project promises not to do: take it out of CFLAGS or CMAKE_C_FLAGS")
  endif()
endforeach()
