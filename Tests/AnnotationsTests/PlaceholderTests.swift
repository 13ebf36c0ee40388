import Testing

@testable import Annotations
