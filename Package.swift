// swift-tools-version: 6.2

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
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
let flyingFox = Target.Dependency.product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks = Target.Dependency.product(name: "FlyingSocks", package: "FlyingFox")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// The commit that is built, for `tal --version`; empty outside a checkout.
let revision = Context.gitInformation.map { $0.currentCommit + ($0.hasUncommittedChanges ? " with changes" : "") } ?? ""

let package = Package(
    name: "tal",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "tal", targets: ["tal"]),
        // The toolkit and what its calls take and return.
        .library(
            name: "TAL",
            targets: [
                "Toolkit", "Annotations", "Configuration", "Evaluation", "Extraction", "Features", "Files",
                "Localization", "Networks", "Pretraining", "SViLM", "ShapeWorld", "Tensors", "Threads", "Video",
                "VideoTasks",
            ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
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
        .target(name: "CIsolation"),
        .target(name: "CMPI"),
        .target(name: "CONNXRuntime"),
        .target(name: "CRevision", cSettings: [.define("TAL_REVISION", to: "\"\(revision)\"")]),

        // MARK: - Ground floor: files, threads, settings
        library("Files", ["CIsolation", "COpenSSL", "CZlib"]),
        library("Threads", []),
        library("Configuration", ["Files", yams]),

        // MARK: - Arrays and networks
        library("Tensors", ["COpenBLAS", "CKernels", "CZlib", "Files", "Threads"]),
        library("Networks", ["CKernels", "Configuration", "Files", "Tensors", "Threads"]),
        library("Inference", ["CKernels", "Networks", "Tensors", "Threads"]),

        library("MessagePassing", ["CKernels", "CMPI", "Networks"]),

        // MARK: - Data, in the order it flows
        library("Video", ["CFFmpeg", "CKernels", "Configuration", "Files", "Threads"]),
        library("Features", ["CHDF5", "Files", "Tensors"]),
        library("Annotations", ["Configuration", "Files", "Tensors"]),

        // MARK: - Models and measures
        library(
            "SViLM", ["CKernels", "Configuration", "Files", "Inference", "Networks", "Tensors", "Threads", "Video"]),
        library(
            "Localization",
            ["Annotations", "Configuration", "Features", "Files", "Networks", "Tensors", "Threads"]),
        library(
            "Encoders",
            [
                "CKernels", "CONNXRuntime", "Configuration", "Files", "Inference", "Tensors", "Threads",
                "Video",
            ]),
        library("Evaluation", ["Annotations", "Configuration", "Files"]),
        library("ShapeWorld", ["Annotations", "Files", "Tensors", "Threads", "Video"]),

        // MARK: - What works on videos and on foreign models
        library(
            "Extraction",
            ["Configuration", "Encoders", "Features", "Files", "Networks", "SViLM", "Tensors", "Threads", "Video"]),
        library(
            "Pretraining",
            [
                "Annotations", "Configuration", "Evaluation", "Files", "Networks", "SViLM", "Tensors", "Threads",
                "Video",
            ]),
        library(
            "VideoTasks",
            [
                "Annotations", "Configuration", "Evaluation", "Extraction", "Files", "Networks", "SViLM", "Tensors",
                "Threads", "Video",
            ]),
        library(
            "ModelImport",
            ["Annotations", "Configuration", "Files", "Localization", "Networks", "SViLM", "Tensors"]),

        // MARK: - The product's flows as library calls
        library(
            "Toolkit",
            [
                "Annotations", "Configuration", "Encoders", "Evaluation", "Extraction", "Features", "Files",
                "Localization", "MessagePassing", "ModelImport", "Networks", "Pretraining", "SViLM", "ShapeWorld",
                "Tensors", "Threads",
                "Video",
                "VideoTasks",
            ]),

        // MARK: - Results that people look at
        .target(name: "CReportPage", exclude: ["report.css", "report.js"]),
        library(
            "Reports",
            [
                "Annotations", "CReportPage", "Evaluation", "Extraction", "Files", "Threads", "Toolkit", "Video",
            ]),

        .target(name: "CViewerPage", exclude: ["icon.svg", "viewer.html", "viewer.css", "modules"]),
        library(
            "Viewer",
            [
                "Annotations", "CViewerPage", "Extraction", "Features", "Files", "Localization", "Reports", "Tensors",
                "Toolkit", "Video",
                flyingFox,
                flyingSocks,
            ]),

        // MARK: - Command line
        .executableTarget(
            name: "tal",
            dependencies: [
                "Annotations", "CRevision", "Configuration", "Encoders", "Evaluation", "Extraction", "Features",
                "Files", "Localization", "MessagePassing", "ModelImport", "Networks", "Pretraining", "Reports",
                "ShapeWorld", "SViLM",
                "Tensors",
                "Threads", "Toolkit",
                "Video", "VideoTasks", "Viewer", argumentParser,
            ],
            swiftSettings: swiftSettings),

        // MARK: - Tests
        .target(
            name: "TestSupport", dependencies: ["Networks", "Tensors", "Video"], path: "Tests/TestSupport",
            swiftSettings: swiftSettings),
        .target(
            name: "ModelSupport", dependencies: ["Inference", "Pretraining", "SViLM", "Tensors"],
            path: "Tests/ModelSupport", swiftSettings: swiftSettings),
        tests(of: "Files"),
        tests(of: "Threads"),
        tests(of: "Configuration", ["Files"]),
        tests(of: "Tensors", ["Files", "Threads"]),
        tests(of: "Networks", ["Files", "Tensors", "Threads"]),
        tests(of: "MessagePassing", ["CKernels", "CMPI", "Networks"]),
        tests(of: "Video", ["Configuration", "Files", "Tensors", "Threads"]),
        tests(of: "Encoders", ["CKernels", "Configuration", "Files", "Tensors", "Video"]),
        tests(of: "Features", ["Files", "Tensors"]),
        tests(of: "Annotations", ["Configuration", "Files"]),
        tests(
            of: "SViLM",
            ["Configuration", "Files", "Inference", "ModelSupport", "Networks", "Tensors", "Threads", "Video"]),
        tests(
            of: "Localization",
            ["Annotations", "Configuration", "Features", "Files", "ModelImport", "Networks", "Tensors", "Threads"]),
        tests(of: "Evaluation", ["Annotations", "Configuration", "Files"]),
        tests(of: "ShapeWorld", ["Annotations", "Files", "Tensors", "Threads", "Video"]),
        tests(
            of: "Extraction",
            ["Configuration", "Encoders", "Features", "Files", "SViLM", "Tensors", "Threads", "Video"]),
        tests(
            of: "Pretraining",
            [
                "Annotations", "Configuration", "Evaluation", "Files", "ModelSupport", "Networks", "SViLM", "Tensors",
                "Threads", "Video",
            ]),
        tests(
            of: "VideoTasks",
            [
                "Annotations", "Configuration", "Evaluation", "Files", "ModelSupport", "Networks", "SViLM", "Tensors",
                "Threads", "Video",
            ]),
        tests(
            of: "Toolkit",
            [
                "Annotations", "Configuration", "Evaluation", "Extraction", "Features", "Files", "Localization",
                "ShapeWorld", "Tensors", "Threads", "Video",
            ]),
        tests(of: "Reports", ["Annotations", "Evaluation", "Extraction", "Files", "Toolkit", "Video"]),
        tests(of: "Viewer", ["Annotations", "Features", "Files", "Localization", "Tensors", "Video"]),
        tests(
            of: "ModelImport", ["Files", "Networks", "SViLM", "Tensors"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "Annotations", "Configuration", "Evaluation", "Extraction", "Features", "Files", "Localization",
                "ModelImport",
                "Networks", "Pretraining", "SViLM", "ShapeWorld", "Tensors", "TestSupport", "Threads", "Video",
                "VideoTasks",
                "tal", argumentParser,
            ],
            swiftSettings: swiftSettings),
    ]
)

// The fuzz targets see what targets of this package share with each other, so they are built here, and only by scripts/fuzz.
if Context.environment["TAL_FUZZ"] != nil {
    package.targets += [
        .target(name: "FuzzDriver", path: "eval/fuzz/Driver"),
        .executableTarget(
            name: "fuzz",
            dependencies: [
                "Annotations", "Configuration", "Encoders", "Evaluation", "Features", "Files", "FuzzDriver",
                "Localization", "ModelImport", "SViLM", "Tensors", "Toolkit", "Video",
            ],
            path: "eval/fuzz/Sources",
            // The main function is the driver's.
            swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])]),
    ]
}
