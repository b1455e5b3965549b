#!/usr/bin/env python3
"""Writes small twins of model families with references: test/Inputs/twins.

    twins.py DIR     DIR/FAMILY/{config.json, model.safetensors, prefill/, decode/}

A twin has a family's structure (two layers, a hidden size of 32) and seeded weights; values are those of
Hugging Face's transformers in float32, which is neither our importer nor written from it. `prefill` reads ten
tokens, `decode` two sequences of one token each with seven in the cache. Needs torch and transformers.
"""
import os
import shutil
import sys

import numpy as np
import torch
import transformers as T

SIZES = dict(hidden_size=32, num_hidden_layers=2, vocab_size=96, max_position_embeddings=64)
HEADS = dict(num_attention_heads=4, num_key_value_heads=2)
LLAMA3 = dict(rope_type="llama3", rope_theta=10000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
              original_max_position_embeddings=16)
YARN = dict(rope_type="yarn", rope_theta=10000.0, factor=4.0, beta_fast=32.0, beta_slow=1.0,
            original_max_position_embeddings=16)


def configurations():
    yield "gpt2", T.GPT2Config(vocab_size=96, n_positions=64, n_embd=32, n_layer=2, n_head=4, bos_token_id=None,
                               eos_token_id=None)
    yield "gptj", T.GPTJConfig(vocab_size=96, n_positions=64, n_embd=32, n_layer=2, n_head=2, rotary_dim=8,
                               tie_word_embeddings=False, bos_token_id=None, eos_token_id=None)
    yield "llama", T.LlamaConfig(intermediate_size=48, head_dim=8, rope_parameters=LLAMA3, **SIZES, **HEADS)
    yield "mistral", T.MistralConfig(intermediate_size=48, head_dim=8, sliding_window=4, **SIZES, **HEADS)
    yield "qwen3", T.Qwen3Config(intermediate_size=48, head_dim=16, **SIZES, **HEADS)
    yield "mixtral", T.MixtralConfig(intermediate_size=40, num_local_experts=4, num_experts_per_tok=2, **SIZES, **HEADS)
    yield "qwen3_moe", T.Qwen3MoeConfig(moe_intermediate_size=24, head_dim=16, num_experts=8, num_experts_per_tok=3,
                                        norm_topk_prob=False, **SIZES, **HEADS)
    yield "gpt_oss", T.GptOssConfig(intermediate_size=40, head_dim=8, num_local_experts=4, num_experts_per_tok=2,
                                    sliding_window=4, rope_parameters=dict(YARN, truncate=False), **SIZES, **HEADS)
    yield "deepseek_v3", T.DeepseekV3Config(
        intermediate_size=48, moe_intermediate_size=24, first_k_dense_replace=1, num_attention_heads=4,
        num_key_value_heads=4, q_lora_rank=24, kv_lora_rank=16, qk_nope_head_dim=8, qk_rope_head_dim=8, v_head_dim=12,
        n_routed_experts=8, n_shared_experts=1, num_experts_per_tok=3, n_group=4, topk_group=2,
        rope_parameters=dict(YARN, mscale=1.0, mscale_all_dim=0.7), **SIZES)


def fill(model):
    """Weights that let every part matter."""
    torch.manual_seed(1)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            is_norm = "norm" in name or "ln_" in name
            deviation = 0.2 if weight.dim() == 1 else 1.5 / weight.shape[-1] ** 0.5
            weight.copy_(torch.randn(weight.shape) * deviation + (is_norm and name.endswith("weight")))
        for name, buffer in model.named_buffers():
            if "correction_bias" in name:
                buffer.copy_(torch.rand(buffer.shape) * 0.3)


def save(folder, name, tensor):
    os.makedirs(folder, exist_ok=True)
    np.save(os.path.join(folder, name + ".npy"), tensor.numpy())


def save_cache(folder, cache, prefix):
    for i, layer in enumerate(cache.layers):
        save(folder, f"{prefix}.{i}.key", layer.keys)
        save(folder, f"{prefix}.{i}.value", layer.values)


def save_latent_cache(folder, cache, prefix):
    """Transformers keeps the normalised latent vector as the key and the rotated part of the key as the value, of
    which it puts the elements of even places first."""
    for i, layer in enumerate(cache.layers):
        latent, rotated = layer.keys[:, 0], layer.values[:, 0]
        size = rotated.shape[-1]
        order = [j // 2 + (j % 2) * (size // 2) for j in range(size)]
        save(folder, f"{prefix}.{i}.latent", torch.cat([latent, rotated[..., order]], -1))


def run(model, ids, folder, prefix):
    """Saves the cache behind a run under `prefix` and returns the logits."""
    # One that holds all tokens: those that models make for themselves forget what is outside a window.
    cache = T.DynamicCache()
    result = model(ids, past_key_values=cache, use_cache=True)
    is_latent = getattr(model.config, "kv_lora_rank", None) is not None
    (save_latent_cache if is_latent else save_cache)(folder, cache, prefix)
    return result.logits[:, -1:]


def write(root, family, config):
    folder = os.path.join(root, family)
    shutil.rmtree(folder, ignore_errors=True)
    model = T.AutoModelForCausalLM.from_config(config, dtype=torch.float32, attn_implementation="eager").eval()
    fill(model)
    model.save_pretrained(folder)
    os.remove(os.path.join(folder, "generation_config.json"))
    with torch.no_grad():
        ids = torch.randint(0, 96, (1, 10))
        save(folder + "/prefill", "input_ids", ids)
        save(folder + "/prefill", "logits", run(model, ids, folder + "/prefill", "present"))
        ids = torch.randint(0, 96, (2, 8))
        save(folder + "/decode", "input_ids", ids[:, 7:])
        run(model, ids[:, :7], folder + "/decode", "past_key_values")
        save(folder + "/decode", "logits", run(model, ids, folder + "/decode", "present"))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    for family, config in configurations():
        write(sys.argv[1], family, config)


if __name__ == "__main__":
    main()
