#!/usr/bin/env python3
"""Write state dictionaries as torch.save writes them, and what they must give as safetensors.

    python make_fixtures.py OUT_DIR

zip.bin is in the format since torch 1.6, sequence.bin in the one before; expected.safetensors holds what both must give. The
tensors are of every type, and lie as tensors of real files do: transposed (as those that came from TensorFlow), cut out of a
larger one, two in one storage, parameters with their gradients' flag, empty, a scalar. pytorch_model.bin has the weights of
../golden/lora/model.
"""
import pathlib, sys
from collections import OrderedDict

import torch
from safetensors.torch import load_file, save_file

out = pathlib.Path(sys.argv[1])
torch.manual_seed(1)
table = torch.randn(6, 7)
tensors = OrderedDict()
tensors["plain"] = torch.randn(3, 5)
tensors["transposed"] = torch.randn(5, 4).t()
tensors["permuted"] = torch.randn(2, 3, 4).permute(2, 0, 1)
tensors["cut"] = table[1:4, 2:6]
tensors["row"] = table[5]
tensors["column"] = table[:, 3]
tensors["tied"] = table
tensors["repeated"] = torch.randn(4).unsqueeze(0).expand(1, 4)
tensors["parameter"] = torch.nn.Parameter(torch.randn(2, 2))
tensors["scalar"] = torch.tensor(0.5)
tensors["empty"] = torch.empty(0, 3)
tensors["double"] = torch.randn(2, 3, dtype=torch.float64)
tensors["half"] = torch.randn(2, 3).half()
tensors["bfloat16"] = torch.randn(3, 2).bfloat16().t()
tensors["position_ids"] = torch.arange(5).expand((1, -1))
tensors["int32"] = torch.tensor([-1, 2**31 - 1], dtype=torch.int32)
tensors["int16"] = torch.tensor([-1, 300], dtype=torch.int16)
tensors["int8"] = torch.tensor([-1, 100], dtype=torch.int8)
tensors["uint8"] = torch.tensor([0, 255], dtype=torch.uint8)
tensors["bool"] = torch.tensor([True, False])
tensors["größe"] = torch.ones(1)
tensors._metadata = OrderedDict({"": {"version": 1}, "norm": {"version": 2}})  # as a module's state_dict() has it

torch.save(tensors, out / "zip.bin")
torch.save(tensors, out / "sequence.bin", _use_new_zipfile_serialization=False)
save_file({name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}, out / "expected.safetensors")
torch.save(load_file(pathlib.Path(__file__).parent.parent / "golden/lora/model/model.safetensors"), out / "pytorch_model.bin")
