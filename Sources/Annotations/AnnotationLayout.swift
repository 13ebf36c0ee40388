/// The layouts of annotation files that are told apart.
public enum AnnotationLayout: String, Hashable, Sendable, CaseIterable {
    /// ActivityNet: a `database` of videos; annotations are label and segment.
    case activityNet = "ActivityNet"
    /// ActivityNet's, with a `label_id` beside each label.
    case actionFormer = "ActionFormer"
    /// ActivityNet's, with a frame count under `frame`.
    case openTAD = "OpenTAD"
    /// ActivityNet's, with times written as text.
    case gtad = "G-TAD"
    /// Videos at the top level, without `database`.
    case flat = "flat"
    /// Videos at the top level with `duration_second` and no subset.
    case bsn = "BSN/BMN"
    /// Videos at the top level with numbered `actions` (MultiTHUMOS, Charades).
    case numberedActions = "numbered actions"
    /// Videos at the top level with `timestamps` and `sentences`.
    case captions = "captions"
    /// The official table of EPIC-Kitchens-100; labels are class numbers.
    case epicKitchens = "EPIC-Kitchens"
    /// A table of THUMOS14 as BSN and G-TAD use it.
    case thumosTable = "THUMOS14 table"
    /// A table of actions and gaps as TSP uses it.
    case tsp = "TSP table"
    /// The proposal list of SSN.
    case proposalList = "proposal list"
}
