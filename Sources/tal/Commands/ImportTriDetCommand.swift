import ArgumentParser
import Localization

struct ImportTriDetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tridet",
        abstract: "Import a model of the authors' release of TriDet.",
        discussion: """
            The configuration is the release's experiment file (sections dataset, model, train_cfg, test_cfg) or the \
            arguments of the model's constructor, as YAML or JSON. The model keeps the padding of the release \
            (tridet.compatibility: official), for which its weights were trained.

            Example:
              tal import tridet --config thumos_i3d.yaml --weights epoch_039.pth.tar \\
                --class-names labels.txt --out runs/thumos-tridet
            """)

    @OptionGroup var options: ImportOptions

    func run() throws { try options.run(.tridet, name: "TriDet") }
}
