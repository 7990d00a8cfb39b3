"""The network that comes with the package, and those of keras.applications: which there are, and where they lie in Keras.

Known here without importing Keras, since the side of the square that a network was trained on decides what ingest writes long before it
runs. A test compares the table with the Keras installed.
"""

from __future__ import annotations

from dataclasses import dataclass

BUILTIN = "32ff869583552b3279badcd02059018b"
"""Digest of features/builtin.npz: with other weights, the features of the model `builtin` are others, and have another name."""


@dataclass(frozen=True)
class Network:
    """`module`: of keras.applications, with its `preprocess_input`; `function`: what builds it; `side` in pixels."""

    module: str
    function: str
    side: int


def _family(module: str, side: int, functions: str) -> dict[str, Network]:
    return {snake(function): Network(module, function, side) for function in functions.split()}


def snake(function: str) -> str:
    """The name of a network in the configuration: InceptionV3 is inception_v3, EfficientNetV2B0 efficientnet_v2b0."""
    return _SNAKE.get(function, function.lower())


_SNAKE = {
    "InceptionV3": "inception_v3",
    "InceptionResNetV2": "inception_resnet_v2",
    "MobileNetV2": "mobilenet_v2",
    "MobileNetV3Large": "mobilenet_v3_large",
    "MobileNetV3Small": "mobilenet_v3_small",
    "NASNetLarge": "nasnet_large",
    "NASNetMobile": "nasnet_mobile",
    **{f"ResNet{depth}V2": f"resnet{depth}_v2" for depth in (50, 101, 152)},
    **{f"EfficientNetV2{size}": f"efficientnet_v2{size.lower()}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")},
    **{f"ConvNeXt{size}": f"convnext_{size.lower()}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")},
}

NETWORKS: dict[str, Network] = {
    **_family("convnext", 224, "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge"),
    **_family("densenet", 224, "DenseNet121 DenseNet169 DenseNet201"),
    **_family("efficientnet", 224, "EfficientNetB0"),
    **_family("efficientnet", 240, "EfficientNetB1"),
    **_family("efficientnet", 260, "EfficientNetB2"),
    **_family("efficientnet", 300, "EfficientNetB3"),
    **_family("efficientnet", 380, "EfficientNetB4"),
    **_family("efficientnet", 456, "EfficientNetB5"),
    **_family("efficientnet", 528, "EfficientNetB6"),
    **_family("efficientnet", 600, "EfficientNetB7"),
    **_family("efficientnet_v2", 224, "EfficientNetV2B0"),
    **_family("efficientnet_v2", 240, "EfficientNetV2B1"),
    **_family("efficientnet_v2", 260, "EfficientNetV2B2"),
    **_family("efficientnet_v2", 300, "EfficientNetV2B3"),
    **_family("efficientnet_v2", 384, "EfficientNetV2S"),
    **_family("efficientnet_v2", 480, "EfficientNetV2M EfficientNetV2L"),
    **_family("inception_resnet_v2", 299, "InceptionResNetV2"),
    **_family("inception_v3", 299, "InceptionV3"),
    **_family("mobilenet", 224, "MobileNet"),
    **_family("mobilenet_v2", 224, "MobileNetV2"),
    **_family("mobilenet_v3", 224, "MobileNetV3Large MobileNetV3Small"),
    **_family("nasnet", 331, "NASNetLarge"),
    **_family("nasnet", 224, "NASNetMobile"),
    **_family("resnet", 224, "ResNet50 ResNet101 ResNet152"),
    **_family("resnet_v2", 224, "ResNet50V2 ResNet101V2 ResNet152V2"),
    **_family("vgg16", 224, "VGG16"),
    **_family("vgg19", 224, "VGG19"),
    **_family("xception", 299, "Xception"),
}
"""By the name that stands in the configuration."""
