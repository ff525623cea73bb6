# What `cmake --install` writes: the library, its headers, and the package that find_package(heddle) finds.

set(heddle_include_dir ${CMAKE_INSTALL_INCLUDEDIR}/heddle-${PROJECT_VERSION})
set(heddle_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/heddle)

install(TARGETS heddle heddle_main EXPORT heddle
        INCLUDES DESTINATION ${heddle_include_dir} ${heddle_include_dir}/models)
install(DIRECTORY checker models DESTINATION ${heddle_include_dir} FILES_MATCHING PATTERN "*.hpp" PATTERN "*.def"
        PATTERN "checker/cmake" EXCLUDE)
install(EXPORT heddle NAMESPACE heddle:: FILE heddleTargets.cmake DESTINATION ${heddle_package_dir})

configure_package_config_file(checker/cmake/heddleConfig.cmake.in ${PROJECT_BINARY_DIR}/heddleConfig.cmake
                              INSTALL_DESTINATION ${heddle_package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/heddleConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/heddleConfig.cmake ${PROJECT_BINARY_DIR}/heddleConfigVersion.cmake
              checker/cmake/HeddleAddTest.cmake checker/cmake/HeddleExpect.cmake
        DESTINATION ${heddle_package_dir})
