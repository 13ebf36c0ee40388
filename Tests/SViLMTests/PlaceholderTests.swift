import Testing

@testable import SViLM
