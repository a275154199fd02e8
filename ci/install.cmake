# The library as `cmake --install` copies it: headers, static and shared library, and what find_package and pkg-config read. No
# file names a path of this machine: the installed folder may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/mnist_simd)

install(
  TARGETS mnist_simd_static mnist_simd_shared
  EXPORT mnist_simd
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development
  INCLUDES
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/include/mnist_simd.h ${CMAKE_CURRENT_BINARY_DIR}/include/mnist_simd_kernels.h
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

install(EXPORT mnist_simd NAMESPACE mnist_simd:: FILE mnist_simdTargets.cmake DESTINATION ${package_folder} COMPONENT development)
write_basic_package_version_file(mnist_simdConfigVersion.cmake COMPATIBILITY SameMinorVersion) # until 1.0, as the SOVERSION
install(FILES ci/mnist_simdConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/mnist_simdConfigVersion.cmake DESTINATION ${package_folder}
        COMPONENT development)

file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix ${pc_to_prefix})
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(ci/mnist_simd.pc.in mnist_simd.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/mnist_simd.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
