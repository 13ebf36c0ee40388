/// What a pickle of a checkpoint can hold. Nothing else is ever made from one.
public indirect enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    /// A list or a tuple.
    case list([PickleValue])
    /// A dictionary in the order of the file.
    case dictionary([(key: PickleValue, value: PickleValue)])
    /// A tensor whose elements are elsewhere in the file.
    case tensor(PickledTensor)
    /// An array of NumPy with its elements.
    case array(PickledArray)
    /// A kind of thing that is not read, such as a function or bytes; only its name is kept.
    case unknown(String)
    /// An object of a class that is not known: the name of the class, and what the file says of its attributes.
    case object(String, PickleValue)

    /// The value of a string key of a dictionary; `nil` where there is none.
    public subscript(key: String) -> PickleValue? {
        guard case .dictionary(let entries) = self else { return nil }
        return entries.last { if case .string(key) = $0.key { true } else { false } }?.value
    }
}

/// What becomes of objects of classes that are not known. Nothing is ever executed to make one.
public enum UnknownObjects: Sendable {
    /// A file that has one is refused.
    case refused
    /// The name of the class and the attributes are kept, as ``PickleValue/object(_:_:)``: training arguments, sets, and the
    /// modules of a TorchScript archive.
    case kept
}

/// Where the elements of a tensor lie in a PyTorch file.
public struct PickledTensor: Sendable, Equatable {
    /// Name of the storage.
    public let storage: String
    /// Name of the class of the storage, such as `FloatStorage`.
    public let storageType: String
    /// Place of the first element in the storage.
    public let offset: Int
    /// Length of each axis.
    public let shape: [Int]
    /// Elements from one position to the next, for each axis.
    public let strides: [Int]
}

/// An array of NumPy in a pickle.
public struct PickledArray: Sendable, Equatable {
    /// Length of each axis.
    public let shape: [Int]
    /// The elements as `Float`, row-major.
    public let tensor: Tensor

    public static func == (first: PickledArray, second: PickledArray) -> Bool {
        first.shape == second.shape && first.tensor.elements == second.tensor.elements
    }
}
