# The program, its manual pages and the completions of its commands.
install(TARGETS mnist_simd RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
