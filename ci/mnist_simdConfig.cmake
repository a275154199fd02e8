# find_package(mnist_simd): the targets mnist_simd::static and mnist_simd::shared, and mnist_simd::mnist_simd, which is the
# shared one if BUILD_SHARED_LIBS is on.
include(CMakeFindDependencyMacro)
find_dependency(Threads)
include(${CMAKE_CURRENT_LIST_DIR}/mnist_simdTargets.cmake)

# The static library takes Jansson of the machine it is linked on. By its name alone, a shared one goes first: libjansson.a may
# not be linkable into plug-ins.
find_library(mnist_simd_JANSSON_LIBRARY jansson)
mark_as_advanced(mnist_simd_JANSSON_LIBRARY)
if(mnist_simd_JANSSON_LIBRARY)
  set_property(TARGET mnist_simd::static APPEND PROPERTY INTERFACE_LINK_LIBRARIES ${mnist_simd_JANSSON_LIBRARY})
elseif(NOT BUILD_SHARED_LIBS)
  set(mnist_simd_FOUND FALSE)
  set(mnist_simd_NOT_FOUND_MESSAGE
      "mnist_simd::static needs Jansson: install libjansson-dev (Debian, Ubuntu), or set BUILD_SHARED_LIBS for the shared library"
  )
endif()

if(NOT TARGET mnist_simd::mnist_simd)
  if(BUILD_SHARED_LIBS)
    add_library(mnist_simd::mnist_simd ALIAS mnist_simd::shared)
  else()
    add_library(mnist_simd::mnist_simd ALIAS mnist_simd::static)
  endif()
endif()
