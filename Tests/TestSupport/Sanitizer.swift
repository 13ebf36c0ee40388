import Foundation

/// What ThreadSanitizer and AddressSanitizer change.
public enum Sanitizer {
    /// Whether the tests run under one of them.
    public static let isActive = has("__asan_init") || checksThreads
    public static let checksThreads = has("__tsan_init")

    private static func has(_ symbol: String) -> Bool { dlsym(dlopen(nil, RTLD_NOW), symbol) != nil }
}
