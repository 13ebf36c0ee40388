// swift-tools-version: 6.2

import PackageDescription

// In a package of your own, depend on a version: .package(url: "https://…/tal", from: "0.2.0")
let package = Package(
    name: "DetectActions",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "tal", path: "../..")],
    targets: [
        .executableTarget(
            name: "DetectActions", dependencies: [.product(name: "TAL", package: "tal")],
            swiftSettings: [.enableUpcomingFeature("MemberImportVisibility")])
    ]
)
