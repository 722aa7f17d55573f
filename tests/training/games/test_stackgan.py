"""What pictures of sentences are asked for within a step."""

import torch

from training.games.stackgan import choice


def test_a_picture_chooses_its_own_sentence_among_the_others_and_what_is_not_true():
    own = torch.tensor([[0.9, -0.9], [-0.9, 0.9]])
    far, near = own.new_full((2, 2), -0.9), own.new_tensor([[-0.9, -0.9], [-0.9, 0.9]])
    assert choice(own) < 1e-6 and choice(torch.cat([own, far], 1)) < 1e-6
    # One of two pictures is torn between two sentences, and every sentence has its picture.
    assert torch.isclose(choice(torch.cat([own, near], 1)), own.new_tensor(2.0).log() / 4)
    assert choice(own.flip(1)) > 10
