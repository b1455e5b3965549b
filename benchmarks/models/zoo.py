#!/usr/bin/env python3
"""Exports small networks of many families with random weights and reference outputs.

    zoo.py FOLDER [NAME...]      needs PyPI's torch, torchvision, transformers, onnx, onnxscript, onnxruntime

Structures are those of Hugging Face's transformers and of torchvision, two layers of 32 features or the smallest variant;
the layout is that of ONNX test data, for `run`. The reference is onnxruntime's output. Nothing is downloaded. What torch
cannot export is said and left out.
"""

import pathlib
import sys

import numpy
import onnx
import onnxruntime
import torch
import torchvision.models
import transformers as T
from torchvision.models import segmentation, video

SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48)
TEXT = dict(vocab_size=96, max_position_embeddings=64, **SIZES)
GROUPED = dict(num_key_value_heads=2, use_cache=False, **TEXT)
PATCHES = dict(image_size=32, patch_size=8, **SIZES)
HIDDEN = "last_hidden_state"
T5 = dict(vocab_size=96, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4)
SEQ2SEQ = dict(
    vocab_size=96,
    d_model=32,
    encoder_layers=2,
    decoder_layers=2,
    encoder_attention_heads=4,
    decoder_attention_heads=4,
    encoder_ffn_dim=48,
    decoder_ffn_dim=48,
    use_cache=False,
)


def tokens(length=10, batch=2):
    return torch.randint(3, 90, (batch, length))


def image(size=32, batch=2):
    return torch.randn(batch, 3, size, size)


class Named(torch.nn.Module):
    """A model of transformers whose inputs have an order, and of whose outputs one is taken."""

    def __init__(self, model, inputs, output):
        super().__init__()
        self.model, self.inputs, self.output = model, inputs, output

    def forward(self, *values):
        return self.model(**dict(zip(self.inputs, values)))[self.output]


class Segmenter(torch.nn.Module):
    """A model of torchvision, which gives a dictionary."""

    def __init__(self, make):
        super().__init__()
        self.model = make(weights=None, weights_backbone=None)

    def forward(self, x):
        return self.model(x)["out"]


class Recurrent(torch.nn.Module):
    def __init__(self, cell, bidirectional):
        super().__init__()
        self.cell = cell(12, 16, 2, batch_first=True, bidirectional=bidirectional)
        self.last = torch.nn.Linear(16 * (1 + bidirectional), 5)

    def forward(self, x):
        return self.last(self.cell(x)[0])


def encoder(model, config, **sizes):
    return lambda: (Named(model(config(**sizes)), ["input_ids"], HIDDEN), [tokens()])


def decoder(model, config, **sizes):
    return lambda: (Named(model(config(**sizes)), ["input_ids"], "logits"), [tokens()])


def vision(model, config, size=32, output=HIDDEN, **sizes):
    return lambda: (Named(model(config(**sizes)), ["pixel_values"], output), [image(size)])


def translator(model, output):
    return lambda: (Named(model, ["input_ids", "decoder_input_ids"], output), [tokens(), tokens(6)])


def torchvision_model(name, size=96, **options):
    return lambda: (getattr(torchvision.models, name)(weights=None, **options), [image(size, 1)])


def segmenter(make):
    return lambda: (Segmenter(make), [image(64, 1)])


def text_models():
    masked = torch.tensor([[1] * 10, [1] * 6 + [0] * 4])
    yield "bert", lambda: (Named(T.BertModel(T.BertConfig(**TEXT)), ["input_ids", "attention_mask"], HIDDEN), [tokens(), masked])
    yield "albert", encoder(T.AlbertModel, T.AlbertConfig, embedding_size=16, **TEXT)
    yield "roberta", encoder(T.RobertaModel, T.RobertaConfig, **TEXT)
    yield "electra", encoder(T.ElectraModel, T.ElectraConfig, embedding_size=16, **TEXT)
    yield "deberta_v2", encoder(T.DebertaV2Model, T.DebertaV2Config, relative_attention=True, pos_att_type=["p2c", "c2p"], **TEXT)
    yield "mpnet", encoder(T.MPNetModel, T.MPNetConfig, **TEXT)
    yield "t5_encoder", encoder(T.T5EncoderModel, T.T5Config, **T5)
    yield "t5", translator(T.T5ForConditionalGeneration(T.T5Config(use_cache=False, decoder_start_token_id=0, **T5)), "logits")
    yield "bart", translator(T.BartModel(T.BartConfig(max_position_embeddings=64, **SEQ2SEQ)), HIDDEN)
    yield "llama", decoder(T.LlamaForCausalLM, T.LlamaConfig, **GROUPED)
    yield "qwen2", decoder(T.Qwen2ForCausalLM, T.Qwen2Config, **GROUPED)
    yield "gemma2", decoder(T.Gemma2ForCausalLM, T.Gemma2Config, head_dim=8, sliding_window=4, **GROUPED)
    yield "gemma3", decoder(T.Gemma3ForCausalLM, T.Gemma3TextConfig, head_dim=8, sliding_window=4, **GROUPED)
    yield "olmo2", decoder(T.Olmo2ForCausalLM, T.Olmo2Config, **GROUPED)
    yield "starcoder2", decoder(T.Starcoder2ForCausalLM, T.Starcoder2Config, **GROUPED)
    yield "phi", decoder(T.PhiForCausalLM, T.PhiConfig, use_cache=False, **TEXT)
    yield "gpt_neox", decoder(T.GPTNeoXForCausalLM, T.GPTNeoXConfig, use_cache=False, **TEXT)
    small = dict(vocab_size=96, hidden_size=32, use_cache=False)
    yield "opt", decoder(
        T.OPTForCausalLM,
        T.OPTConfig,
        num_hidden_layers=2,
        ffn_dim=48,
        num_attention_heads=4,
        max_position_embeddings=64,
        word_embed_proj_dim=32,
        **small,
    )
    yield "bloom", decoder(T.BloomForCausalLM, T.BloomConfig, n_layer=2, n_head=4, **small)
    yield "falcon", decoder(T.FalconForCausalLM, T.FalconConfig, num_hidden_layers=2, num_attention_heads=4, **small)
    yield "mamba", decoder(T.MambaForCausalLM, T.MambaConfig, num_hidden_layers=2, state_size=4, time_step_rank=4, **small)
    yield "rwkv", encoder(T.RwkvModel, T.RwkvConfig, num_hidden_layers=2, attention_hidden_size=32, **small)


def vision_models():
    yield "vit", vision(T.ViTModel, T.ViTConfig, **PATCHES)
    yield "beit", vision(T.BeitModel, T.BeitConfig, use_relative_position_bias=True, **PATCHES)
    yield "dinov2", vision(
        T.Dinov2Model,
        T.Dinov2Config,
        image_size=32,
        patch_size=8,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
    )
    windows = dict(image_size=32, patch_size=2, embed_dim=16, depths=[2, 2], num_heads=[2, 4], window_size=4)
    yield "swin", vision(T.SwinModel, T.SwinConfig, **windows)
    yield "swin_v2", vision(T.Swinv2Model, T.Swinv2Config, **windows)
    stages = dict(hidden_sizes=[16, 24, 32, 40], depths=[1, 1, 2, 1])
    yield "convnext_v2", vision(T.ConvNextV2Model, T.ConvNextV2Config, image_size=32, patch_size=2, **stages)
    yield "poolformer", vision(T.PoolFormerModel, T.PoolFormerConfig, size=64, **stages)
    yield "segformer", vision(
        T.SegformerForSemanticSegmentation,
        T.SegformerConfig,
        size=64,
        output="logits",
        hidden_sizes=[8, 16, 24, 32],
        depths=[1, 1, 1, 1],
        num_attention_heads=[1, 2, 3, 4],
        decoder_hidden_size=32,
        num_labels=5,
    )
    yield "mobilevit", vision(
        T.MobileViTModel,
        T.MobileViTConfig,
        size=64,
        image_size=64,
        hidden_sizes=[16, 24, 32],
        neck_hidden_sizes=[8, 8, 16, 24, 32, 40, 48],
        num_attention_heads=4,
    )
    yield "siglip", vision(T.SiglipVisionModel, T.SiglipVisionConfig, **PATCHES)


def sound_models():
    yield "wav2vec2", lambda: (
        Named(
            T.Wav2Vec2Model(
                T.Wav2Vec2Config(
                    conv_dim=[16, 16, 16],
                    conv_stride=[5, 2, 2],
                    conv_kernel=[10, 3, 3],
                    num_feat_extract_layers=3,
                    num_conv_pos_embeddings=16,
                    num_conv_pos_embedding_groups=4,
                    **SIZES,
                )
            ),
            ["input_values"],
            HIDDEN,
        ),
        [torch.randn(2, 800)],
    )
    ends = dict(pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1)
    config = T.WhisperConfig(num_mel_bins=16, max_source_positions=20, max_target_positions=20, **ends, **SEQ2SEQ)
    yield "whisper", lambda: (
        Named(T.WhisperModel(config), ["input_features", "decoder_input_ids"], HIDDEN),
        [torch.randn(2, 16, 40), tokens(5)],
    )


def torch_models():
    plain = dict(aux_logits=False, init_weights=False)
    yield "inception_v3", torchvision_model("inception_v3", **plain)
    for name in "mnasnet0_5 regnet_x_400mf regnet_y_400mf efficientnet_v2_s swin_v2_t resnext50_32x4d wide_resnet50_2".split():
        yield name, torchvision_model(name)
    yield "maxvit_t", torchvision_model("maxvit_t", size=224)
    yield "fcn", segmenter(segmentation.fcn_resnet50)
    yield "deeplab_v3", segmenter(segmentation.deeplabv3_mobilenet_v3_large)
    yield "lraspp", segmenter(segmentation.lraspp_mobilenet_v3_large)
    yield "r3d", lambda: (video.r3d_18(weights=None), [torch.randn(1, 3, 8, 32, 32)])
    for cell in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        for bidirectional in (False, True):
            name = cell.__name__.lower() + ("_both_ways" if bidirectional else "")
            yield name, lambda c=cell, b=bidirectional: (Recurrent(c, b), [torch.randn(2, 7, 12)])
    yield "transformer", lambda: (
        torch.nn.Transformer(32, 4, 2, 2, 48, batch_first=True),
        [torch.randn(2, 7, 32), torch.randn(2, 5, 32)],
    )


def fill(model):
    """Weights that let every part matter; vectors stay as they are."""
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.copy_(torch.randn_like(weight) * (1.2 / numpy.prod(weight.shape[1:]) ** 0.5))


def save(folder, kind, number, values):
    tensor = onnx.numpy_helper.from_array(values, f"{kind}_{number}")
    (folder / f"{kind}_{number}.pb").write_bytes(tensor.SerializeToString())


def export(folder, make):
    torch.manual_seed(1)
    model, inputs = make()
    model.eval()
    fill(model)
    data = folder / "test_data_set_0"
    data.mkdir(parents=True, exist_ok=True)
    path = str(folder / "model.onnx")
    names = [f"input_{i}" for i in range(len(inputs))]
    try:
        torch.onnx.export(model, tuple(inputs), path, input_names=names, dynamo=False, opset_version=17)
    except Exception:  # The older exporter lacks operators that the newer one has.
        torch.onnx.export(model, tuple(inputs), path, input_names=names, dynamo=True, opset_version=18, external_data=False)
    feeds = {name: value.numpy() for name, value in zip(names, inputs)}
    for number, value in enumerate(feeds.values()):
        save(data, "input", number, value)
    for number, value in enumerate(onnxruntime.InferenceSession(path).run(None, feeds)):
        save(data, "output", number, value)


def main():
    folder, chosen = pathlib.Path(sys.argv[1]), sys.argv[2:]
    for models in (text_models, vision_models, sound_models, torch_models):
        for name, make in models():
            if chosen and name not in chosen:
                continue
            try:
                export(folder / name, make)
                print(name, flush=True)
            except Exception as error:  # Versions of torch differ in what they export.
                (folder / name / "model.onnx").unlink(missing_ok=True)
                print(f"{name}: not exported: {str(error).splitlines()[0]}", flush=True)


if __name__ == "__main__":
    main()
