// swift-tools-version: 6.1

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

/// A library target under `Sources/NAME`.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

/// The tests of one target under `Tests/NAMETests`.
func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + dependencies,
        swiftSettings: swiftSettings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "tal",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tal", targets: ["tal"]),
        .library(name: "TAL", targets: ["Annotations", "Evaluation", "Features", "Localization", "SViLM", "Video"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // MARK: - System libraries and C kernels
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas",
            providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
        .target(
            name: "CFFmpeg",
            // Elsewhere the libraries are loaded when they are first used.
            linkerSettings: ["avformat", "avcodec", "avutil", "swscale"].map {
                .linkedLibrary($0, .when(platforms: [.macOS]))
            }),
        .systemLibrary(
            name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"]), .brew(["hdf5"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"]), .brew(["openssl@3"])]),
        .target(
            name: "CKernels",
            // Unoptimised kernels are 70 times slower, which would make debug test runs useless.
            cSettings: [.unsafeFlags(["-O3"])]),

        // MARK: - Core
        library("Files", ["COpenSSL", "CZlib"]),
        library("Threads", ["COpenBLAS"]),
        library("Configuration", ["Files", yams]),
        library("Tensors", ["COpenBLAS", "CKernels", "Files", "Threads"]),
        library("Networks", ["CKernels", "Tensors", "Files", "Threads"]),

        // MARK: - Pipeline, in the order the data flows
        library("Video", ["CFFmpeg", "CKernels", "Files", "Threads"]),
        library("SViLM", ["CKernels", "Files", "Threads", "Tensors", "Networks", "Video", "Configuration"]),
        library("Features", ["CHDF5", "Files", "Tensors"]),
        library("Extraction", ["Files", "Threads", "Configuration", "Networks", "Tensors", "Video", "SViLM", "Features"]),
        library("Annotations", ["Configuration", "Files"]),
        library("Localization", ["Files", "Threads", "Tensors", "Networks", "Features", "Annotations", "Configuration"]),
        library("Evaluation", ["Files", "Annotations", "Configuration"]),
        library("ShapeWorld", ["Files", "Threads", "Tensors", "Video", "Annotations"]),

        // MARK: - Command line
        .executableTarget(
            name: "tal",
            dependencies: [
                "Annotations", "Configuration", "Evaluation", "Extraction", "Features", "Files", "Localization", "Networks",
                "ShapeWorld", "SViLM", "Tensors", "Threads", "Video", argumentParser,
            ],
            swiftSettings: swiftSettings),

        // MARK: - Tests
        .target(
            name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport", swiftSettings: swiftSettings),
        tests(of: "Files"),
        tests(of: "Threads"),
        tests(of: "Configuration"),
        tests(of: "Tensors"),
        tests(of: "Networks", ["Tensors"]),
        tests(of: "Video", ["Tensors"]),
        tests(of: "SViLM", ["Configuration", "Networks", "Tensors"]),
        tests(of: "Features", ["Tensors"]),
        tests(of: "Extraction", ["Configuration", "Features", "Files", "SViLM", "Tensors", "Video"]),
        tests(of: "Annotations", ["Configuration"]),
        tests(of: "Localization", ["Annotations", "Configuration", "Features", "Networks", "Tensors"]),
        tests(of: "Evaluation", ["Annotations", "Configuration"]),
        tests(of: "ShapeWorld", ["Annotations", "Tensors", "Video"]),
        .testTarget(
            name: "CommandTests",
            dependencies: ["Annotations", "Features", "Tensors", "TestSupport", "Video", "tal", argumentParser],
            swiftSettings: swiftSettings),
    ]
)
