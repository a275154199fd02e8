# Run by cpack on what it is about to pack: what Debian wants in each package and nobody else does.
string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # or SOURCE_DATE_EPOCH
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  set(root ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share)
  set(doc ${root}/doc/${CPACK_MNIST_SIMD_${component}})
  file(MAKE_DIRECTORY ${doc})
  configure_file(${CPACK_MNIST_SIMD_SOURCE}/LICENSE ${doc}/copyright COPYONLY)
  file(WRITE ${doc}/changelog "mnist-simd (${CPACK_PACKAGE_VERSION}) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n"
                              " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  if(EXISTS ${root}/zsh/site-functions) # which Debian's zsh looks for in another folder
    file(RENAME ${root}/zsh/site-functions ${root}/zsh/vendor-completions)
  endif()
  file(GLOB pages ${root}/man/man1/*.1)
  execute_process(COMMAND gzip -9nf ${doc}/changelog ${pages} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
