# The program, its manual pages, and the completions of three shells.
install(TARGETS mnist_simd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)

if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "Manual pages are not made: this machine cannot run mnist_simd_manual")
  return()
endif()
set(manual ${CMAKE_CURRENT_BINARY_DIR}/manual)
add_custom_command(
  OUTPUT ${manual}/mnist_simd.1
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}
  COMMAND mnist_simd_manual ${manual}
  DEPENDS mnist_simd_manual
  VERBATIM
)
add_custom_target(mnist_simd_pages ALL DEPENDS ${manual}/mnist_simd.1)
install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program FILES_MATCHING PATTERN *.1)
set(share ${CMAKE_INSTALL_DATAROOTDIR})
install(FILES ${manual}/mnist_simd.bash DESTINATION ${share}/bash-completion/completions COMPONENT program RENAME mnist_simd)
install(FILES ${manual}/_mnist_simd DESTINATION ${share}/zsh/site-functions COMPONENT program)
install(FILES ${manual}/mnist_simd.fish DESTINATION ${share}/fish/vendor_completions.d COMPONENT program)
