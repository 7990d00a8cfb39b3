"""What the student is told: to say what the teacher says, and to see the same pictures alike.

* error: square of the distance from the teacher's features, of the whole view and, with less weight, of each quarter of it. As the
  features of whole views have a mean square length of 1 (teacher.Basis), it is the share of variance that the student does not explain;
* neighbourhood: the likenesses of a view to all others of the batch, as probabilities, should be those that the teacher sees ("SEED:
  self-supervised distillation for visual representation", Fang et al., ICLR 2021). Likeness is the cosine, as in the product.
"""

from __future__ import annotations

from typing import Any

QUARTERS = 0.5
"""Weight of the quarters' error, against 1 for the whole view's."""
NEIGHBOURHOOD = 0.5
TEMPERATURE = 0.1
"""Of the likenesses: the lower, the more the nearest count."""


def regions(places: Any) -> Any:
    """[b, 5, d]: means of places [b, h, w, d] over all of them and over each quarter, as teacher.REGIONS."""
    import tensorflow as tf

    height, width = (side // 2 for side in places.shape[1:3])
    parts = [places, places[:, :height, :width], places[:, :height, -width:], places[:, -height:, :width], places[:, -height:, -width:]]
    return tf.stack([tf.reduce_mean(part, axis=(1, 2)) for part in parts], axis=1)


def total(found: Any, wanted: Any) -> tuple[Any, Any]:
    """The loss, and of it the error of whole views, from regions [b, 5, d] of student and teacher."""
    import tensorflow as tf

    error = tf.reduce_mean(tf.reduce_sum((found - wanted) ** 2, axis=-1), axis=0)
    whole = [tf.math.l2_normalize(part[:, 0], axis=-1) for part in (found, wanted)]
    return error[0] + QUARTERS * tf.reduce_mean(error[1:]) + NEIGHBOURHOOD * neighbourhood(*whole), error[0]


def neighbourhood(found: Any, wanted: Any) -> Any:
    """Mean Kullback-Leibler divergence of the student's likenesses to the teacher's views from the teacher's own.

    Both are [b, d] of length 1.
    """
    import tensorflow as tf

    def log_shares(one: Any) -> Any:
        likeness = tf.matmul(one, wanted, transpose_b=True) / TEMPERATURE
        return tf.nn.log_softmax(tf.linalg.set_diag(likeness, tf.fill(tf.shape(likeness)[:1], -1e9)))

    true, guessed = log_shares(wanted), log_shares(found)
    return tf.reduce_mean(tf.reduce_sum(tf.exp(true) * (true - guessed), axis=-1))
