import Annotations
public import Files

extension Diagnosis {
    /// The diagnosis as a JSON object.
    public var json: JSONValue {
        func name(_ kind: ErrorKind) -> String { kind.rawValue.split(separator: " ").joined(separator: "_") }
        let thresholdNames = EvaluationResult.thresholdNames(evaluationProtocol.tiou)
        let costs = self.costs.map { cost -> (String, JSONValue) in
            (
                name(cost.kind),
                .object([
                    ("mean_count", .number(cost.meanCount)), ("average_map_gain", .number(cost.averageMAPGain)),
                    ("map_gain", .object(zip(thresholdNames, cost.mapGain).map { ($0, .number($1)) })),
                ])
            )
        }
        let profiles = self.profiles.map { profile -> JSONValue in
            .object(
                [
                    ("multiple", .number(Double(profile.multiple))),
                    ("predictions", .number(Double(profile.predictionCount))),
                    ("true_positives", .number(profile.truePositives)),
                ] + ErrorKind.allCases.map { (name($0), .number(profile.errors[$0] ?? 0)) })
        }
        let sensitivities = self.sensitivities.map { item -> (String, JSONValue) in
            let groups = item.groups.map { group -> JSONValue in
                .object([
                    ("name", .string(group.name)), ("segments", .number(Double(group.segmentCount))),
                    ("normalised_map", group.normalisedMAP.map(JSONValue.number) ?? .null),
                    ("missed", group.missedShare.map(JSONValue.number) ?? .null),
                ])
            }
            return (
                item.characteristic.split(separator: " ").joined(separator: "_"),
                .object([
                    ("unit", .string(item.unit)), ("unknown", .number(Double(item.unknownCount))),
                    ("groups", .array(groups)),
                ])
            )
        }
        return .object([
            ("protocol", .string(evaluationProtocol.name)), ("counts", counts.json),
            ("limit", .number(Double(limit))), ("predictions", .number(Double(predictionCount))),
            ("average_map", .number(averageMAP)), ("normalised_map", .number(normalisedMAP)),
            ("normalised_count", .number(normalisedCount)), ("missed", .number(missedShare)),
            ("errors", .object(costs)), ("profile", .array(profiles)), ("sensitivity", .object(sensitivities)),
        ])
    }
}
