import Files
import Foundation

/// ELAN (`.eaf`, https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf): tiers of annotations between time slots.
///
/// Read are annotations with times of their own, in every tier. Those that refer to another annotation repeat its time or
/// describe it, so they are no segments. Parts of an annotation whose bounds have no times divide it evenly, as ELAN shows them. Times
/// count from where the person aligned the media, which may begin later in the video's file (`TIME_ORIGIN`).
extension AnnotationFormat {
    static let elan = AnnotationFormat(
        name: "elan", title: "ELAN (.eaf)", fileExtension: "eaf", holdsOneVideo: true,
        recognizes: { $0.startText?.contains("<ANNOTATION_DOCUMENT") ?? false },
        read: ELAN.read, write: ELAN.write)
}

private enum ELAN {
    private struct Annotation {
        var tier: String, slots: (String, String), value: String
    }
    private struct Media { var url: String, type: String, origin: String? }

    static func read(_ file: SourceFile, _ options: ReadingOptions) throws -> AnnotationSet {
        var xml = try XMLReader(file)
        var slots: [String: Double] = [:], annotations: [Annotation] = [], media: [Media] = []
        var scale = 1e-3, tier = "", isDocument = false
        while let event = try xml.next() {
            guard case .start(let name, let attributes) = event else { continue }
            switch name {
            case "ANNOTATION_DOCUMENT": isDocument = true
            case "HEADER": scale = Self.scale(attributes["TIME_UNITS"] ?? "milliseconds")
            case "MEDIA_DESCRIPTOR":
                let url = [attributes["MEDIA_URL"], attributes["RELATIVE_MEDIA_URL"]].lazy.compactMap(\.self).first {
                    !$0.isEmpty
                }
                if attributes["EXTRACTED_FROM"] == nil, let url {
                    media.append(
                        Media(url: url, type: attributes["MIME_TYPE"] ?? "", origin: attributes["TIME_ORIGIN"]))
                }
            case "TIME_SLOT":
                guard let id = attributes["TIME_SLOT_ID"] else { throw xml.failure("a time slot without an id") }
                if let text = attributes["TIME_VALUE"] {
                    guard let value = Double(text) else { throw xml.failure("a time slot of '\(text)'") }
                    slots[id] = value
                }
            case "TIER": tier = attributes["TIER_ID"] ?? ""
            case "ALIGNABLE_ANNOTATION":
                guard let first = attributes["TIME_SLOT_REF1"], let second = attributes["TIME_SLOT_REF2"] else {
                    throw xml.failure("an annotation without time slots")
                }
                annotations.append(Annotation(tier: tier, slots: (first, second), value: ""))
            case "ANNOTATION_VALUE":
                let text = try xml.content()
                if !annotations.isEmpty, annotations[annotations.count - 1].value.isEmpty {
                    annotations[annotations.count - 1].value = text
                }
            case "REF_ANNOTATION": try skipReference(&xml)
            default: break
            }
        }
        guard isDocument else { throw xml.failure("no ANNOTATION_DOCUMENT") }
        divideEvenly(annotations, &slots)
        var collector = VideoCollector()
        // A sound file may be listed before the video that it belongs to.
        let medium = media.first { $0.type.hasPrefix("video") } ?? media.first
        let video = collector.index(of: medium.map { VideoID.ofFile($0.url) } ?? file.stem)
        let origin = (medium?.origin).flatMap { Double($0) } ?? 0
        for annotation in annotations {
            guard let start = slots[annotation.slots.0], let end = slots[annotation.slots.1] else {
                collector.tally.add(.unusableEntry, at: "\(annotation.value) in \(annotation.tier)")
                continue
            }
            collector.add(
                start * scale + origin / 1000, end * scale + origin / 1000, TextDecoding.trimmed(annotation.value),
                to: video, tier: annotation.tier)
        }
        return collector.set(.elan)
    }

    /// Gives times to slots without one between neighbouring annotations of a tier, the first and last of which have times.
    private static func divideEvenly(_ annotations: [Annotation], _ slots: inout [String: Double]) {
        var begin = 0
        while begin < annotations.count {
            var end = begin
            while slots[annotations[end].slots.1] == nil, end + 1 < annotations.count,
                annotations[end + 1].tier == annotations[begin].tier,
                annotations[end + 1].slots.0 == annotations[end].slots.1
            {
                end += 1
            }
            if end > begin, let first = slots[annotations[begin].slots.0], let last = slots[annotations[end].slots.1] {
                let count = Double(end - begin + 1)
                for index in begin..<end {
                    slots[annotations[index].slots.1] = first + (last - first) * Double(index - begin + 1) / count
                }
            }
            begin = end + 1
        }
    }

    /// Passes over an annotation that has no time of its own.
    private static func skipReference(_ xml: inout XMLReader) throws { _ = try xml.content() }

    private static func scale(_ units: String) -> Double {
        switch units {
        case "NTSC-frames": 1001 / 30_000
        case "PAL-frames": 1 / 25
        default: 1e-3
        }
    }

    // MARK: - Writing

    static func write(_ set: AnnotationSet, _ options: WritingOptions, _ losses: inout Losses) throws -> [UInt8] {
        losses.countVideoFacts(set)
        let video = set.videos.first ?? AnnotatedVideo(id: "")
        var slots: [(Int, String)] = [], tiers: [String] = [], entries: [String: String] = [:]
        for item in video.segments {
            if item.score != nil { losses.add(.score) }
            let name = item.tier ?? "default"
            if entries[name] == nil { tiers.append(name) }
            let number = slots.count / 2 + 1
            let first = "ts\(slots.count + 1)", second = "ts\(slots.count + 2)"
            slots.append((losses.milliseconds(item.segment.start), first))
            slots.append((losses.milliseconds(item.segment.end), second))
            entries[name, default: ""] += """
                        <ANNOTATION>
                            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a\(number)" TIME_SLOT_REF1="\(first)" TIME_SLOT_REF2="\(second)">
                                <ANNOTATION_VALUE>\(MarkupText.encoded(item.label))</ANNOTATION_VALUE>
                            </ALIGNABLE_ANNOTATION>
                        </ANNOTATION>

                """
        }
        // ELAN wants the slots in the order of their times; equal times stay as they are.
        let order = slots.indices.sorted { (slots[$0].0, $0) < (slots[$1].0, $1) }
        let times = order.map {
            "        <TIME_SLOT TIME_SLOT_ID=\"\(slots[$0].1)\" TIME_VALUE=\"\(slots[$0].0)\"/>\n"
        }.joined()
        let body = tiers.map { name in
            "    <TIER LINGUISTIC_TYPE_REF=\"default-lt\" TIER_ID=\"\(MarkupText.encoded(name))\">\n\(entries[name] ?? "")    </TIER>\n"
        }.joined()
        let media = MarkupText.encoded(video.id.contains(".") ? video.id : video.id + ".mp4")
        return Array(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <ANNOTATION_DOCUMENT AUTHOR="" DATE="2000-01-01T00:00:00+00:00" FORMAT="3.0" VERSION="3.0" \
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
            xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
                <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
                    <MEDIA_DESCRIPTOR MEDIA_URL="file:///\(media)" MIME_TYPE="video/mp4" RELATIVE_MEDIA_URL="./\(media)"/>
                </HEADER>
                <TIME_ORDER>
            \(times)    </TIME_ORDER>
            \(body)    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
            </ANNOTATION_DOCUMENT>

            """.utf8)
    }
}
