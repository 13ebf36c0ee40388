extension BuiltInManifests {
    /// `data-manifests/breakfast.yaml`, copied by `data-manifests/embed.sh`.
    static let breakfast = #"""
        name: Breakfast
        about: 52 persons prepare ten breakfast dishes in 18 kitchens; every frame has one of 48 labels
        home: https://serre.lab.brown.edu/breakfast-actions-dataset.html
        licence: CC BY 4.0
        citation: Kuehne et al., The Language of Actions, CVPR 2014
        protocols: [breakfast]
        usage:
          - Accuracy of frames, edit and F1@10,25,50, the mean of four splits - MS-TCN, ASFormer, DiffAct.

        # Split 1 of the label files that MS-TCN published: persons 3 to 15 are tested; the other splits test 16-28, 29-41 and 42-54.
        splits:
          training:
            names: [training, train]
            videos: 1460
          testing:
            names: [testing, test]
            videos: 252

        annotations:
          groundTruth:
            layout: a label a frame
            note: a folder with a text file a video, 15 frames a second; mapping.txt and the bundles of the splits lie beside it

        by_hand:
          - The videos are linked on the page of the data set and in the Hugging Face data set Serrelab/breakfast-actions.
          - The frame labels and I3D features of MS-TCN are data.zip at https://github.com/yabufarha/ms-tcn (about 30 GB, with 50Salads and GTEA).

        features:
          i3d:
            fps: 15
            stride: 1
            window: 21
            channels: 2048
            layout: channels-first
            note: I3D of MS-TCN, a vector a frame over 21 frames around it; arrays are [2048, time]

        faults:
          - SIL at the beginning and end is a class like any other in the usual evaluation.
          - Several cameras show the same event, so splits must go by person.

        classes: [
          SIL, add_saltnpepper, add_teabag, butter_pan, crack_egg, cut_bun, cut_fruit, cut_orange, fry_egg, fry_pancake,
          peel_fruit, pour_cereals, pour_coffee, pour_dough2pan, pour_egg2pan, pour_flour, pour_juice, pour_milk, pour_oil,
          pour_sugar, pour_water, put_bunTogether, put_egg2plate, put_fruit2bowl, put_pancake2plate, put_toppingOnTop,
          smear_butter, spoon_flour, spoon_powder, spoon_sugar, squeeze_orange, stir_cereals, stir_coffee, stir_dough,
          stir_egg, stir_fruit, stir_milk, stir_tea, stirfry_egg, take_bowl, take_butter, take_cup, take_eggs, take_glass,
          take_knife, take_plate, take_squeezer, take_topping
        ]
        """#
}
