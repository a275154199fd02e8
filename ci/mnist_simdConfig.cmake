# find_package(mnist_simd): the targets mnist_simd::static and mnist_simd::shared, and mnist_simd::mnist_simd, which is the
# shared one if BUILD_SHARED_LIBS is on.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/mnist_simdTargets.cmake)

# The static library takes Jansson and zlib of the machine it is linked on. By their names alone, shared ones go first: static ones
# may not be linkable into plug-ins.
foreach(mnist_simd_name jansson z)
  find_library(mnist_simd_${mnist_simd_name}_LIBRARY ${mnist_simd_name})
  mark_as_advanced(mnist_simd_${mnist_simd_name}_LIBRARY)
  if(mnist_simd_${mnist_simd_name}_LIBRARY)
    set_property(TARGET mnist_simd::static APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${mnist_simd_${mnist_simd_name}_LIBRARY})
  elseif(NOT BUILD_SHARED_LIBS)
    set(mnist_simd_FOUND FALSE)
    set(mnist_simd_NOT_FOUND_MESSAGE
        "mnist_simd::static needs Jansson and zlib: install libjansson-dev and zlib1g-dev (Debian, Ubuntu), or set BUILD_SHARED_LIBS for the shared library"
    )
  endif()
endforeach()

if(NOT TARGET mnist_simd::mnist_simd)
  if(BUILD_SHARED_LIBS)
    add_library(mnist_simd::mnist_simd ALIAS mnist_simd::shared)
  else()
    add_library(mnist_simd::mnist_simd ALIAS mnist_simd::static)
  endif()
endif()
