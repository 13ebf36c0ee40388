import Annotations
import ArgumentParser
import Features
import Files

extension ConvertCommand {
    /// What `--to` names: a format of annotations, or a layout of features.
    enum Target {
        case annotations(AnnotationFormat)
        case features(FeatureConversion.Layout)

        static var names: [String] {
            WrittenFormats.all.map(\.name) + FeatureConversion.Layout.allCases.map(\.rawValue)
        }

        /// Nil for features.
        var format: AnnotationFormat? {
            if case .annotations(let format) = self { return format }
            return nil
        }

        var isOfFeatures: Bool { format == nil }

        init(_ name: String) throws {
            if let layout = FeatureConversion.Layout(rawValue: name.lowercased()) {
                self = .features(layout)
            } else {
                do {
                    self = .annotations(try AnnotationFormat.written(name))
                } catch {
                    let layouts = FeatureConversion.Layout.allCases.map(\.rawValue).joined(separator: ", ")
                    throw ValidationError("\(error), and of features \(layouts)")
                }
            }
        }
    }

    /// A case by its name.
    static func choice<Choice>(_ name: String) throws -> Choice
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        if let choice = Choice(rawValue: name.lowercased()) { return choice }
        throw ValidationError("'\(name)' is none of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    func convertFeatures(to layout: FeatureConversion.Layout, _ out: String, on console: Console) throws {
        guard inputs.count == 1, let input = inputs.first else {
            throw ValidationError("name one file or folder of features; \(inputs.count) were given")
        }
        let source = try FeatureSources.open(input)
        for notice in source.notices { console.note("note: \(notice)") }
        let report = try FeatureConversion.write(source, as: layout, to: out)
        for notice in report.notices { console.warn("\(notice)") }
        console.note(
            "\(out): \(Quantity.text(report.videos, "video")), \(Quantity.text(report.vectors, "feature vector")), "
                + "and a grid.json that says where in time they lie")
    }
}
