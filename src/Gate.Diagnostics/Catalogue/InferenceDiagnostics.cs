namespace Gate.Diagnostics;

/// <summary>GATE3080 to GATE3099: models that cannot be run, and requests they cannot answer.</summary>
internal static class InferenceDiagnostics
{
    /// <summary>The entries of this range, ordered by code.</summary>
    public static IReadOnlyList<DiagnosticEntry> Entries { get; } =
    [
        new("GATE3080", "unknown model family", "The model_type of config.json is not a family Gate can run.", "Use a model of a supported family; the message lists them."),
        new("GATE3081", "configuration value not supported", "A value of config.json is out of range, contradicts another one, or asks for something Gate cannot compute.", "Check that config.json is the one the model was saved with."),
        new("GATE3082", "missing tensor", "config.json asks for a tensor the checkpoint does not hold.", "Check that config.json belongs to these weights, and that all shards were copied."),
        new("GATE3083", "wrong shape", "A tensor does not have the shape that follows from config.json.", "Check that config.json belongs to these weights."),
        new("GATE3084", "unexpected tensor", "The checkpoint holds a tensor config.json has no use for, so the model that would run is not the model that was saved.", "Check num_hidden_layers, attention_bias, mlp_bias and tie_word_embeddings in config.json."),
        new("GATE3085", "weights not finite", "A weight is NaN or infinite; every score would be NaN.", "Download the model again, or repeat the step that made it."),
        new("GATE3087", "sequence too long", "A text has more tokens than the model's configuration allows.", "Shorten it, or cut it into windows."),
        new("GATE3088", "token id outside the vocabulary", "A token id is negative or not below vocab_size.", "Check that the tokenizer belongs to this model."),
        new("GATE3089", "empty sequence", "A context, continuation or sequence holds no token.", "Give a text that is not empty; an empty context needs the beginning-of-sequence token."),
        new("GATE3090", "tied head differs", "tie_word_embeddings is true, but the stored head is not the embedding.", "Set tie_word_embeddings to false if the head was trained on its own, or remove the tensor."),
        new("GATE3091", "weight format not supported", "A weight is stored in a format other than Float32, Float16 or BFloat16.", "Convert the weights to bfloat16 or float16."),
        new("GATE3092", "stop text without tokenizer", "A generation is to end at a text, but the model folder has no tokenizer.json.", "Add the model's tokenizer.json, or stop at token ids."),
        new("GATE3093", "activations cannot be kept", "The residual stream of calibration is larger than the memory it may take, and the temporary file for it cannot be written or read.", "Free space in the temporary folder (or name another one in TMPDIR), or calibrate on fewer or shorter samples."),
        new("GATE3095", "question of another kind of model", "A masked model was asked for the next token or a generated text, or another model for masked tokens.", "Leave out the tasks this kind of model cannot answer, or judge a model of another kind."),
        new("GATE3096", "no mask token", "A masked model is to be asked, but its tokenizer has no mask token.", "Put the model's own tokenizer.json and tokenizer_config.json beside its weights."),
        new("GATE3098", "a configuration with more than Gate knows", "config.json names code of its own (auto_map), or has keys that Gate does not know and whose names speak of nothing in the forward pass.", "Nothing needs to be done when the keys are bookkeeping; compare gate score --ids ... --json --logits with the model's own code where they are not."),
        new("GATE3099", "activations stay exact", "The candidate's runtime is told to round activations (FP8, integers with other scales than one for each token); Gate computes them exactly, so what is measured is the least that is lost.", "Judge the candidate as a served model to measure the whole loss, or take the verdict as an upper bound of what is kept."),
    ];
}
