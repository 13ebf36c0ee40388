import Foundation

/// What ThreadSanitizer and AddressSanitizer change.
public enum Sanitizer {
    /// Whether the tests run under one of them.
    public static let isActive: Bool = {
        let program = dlopen(nil, RTLD_NOW)
        return dlsym(program, "__asan_init") != nil || dlsym(program, "__tsan_init") != nil
    }()
}
