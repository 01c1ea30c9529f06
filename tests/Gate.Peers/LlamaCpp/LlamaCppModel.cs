using System.Text;
using LLama.Native;

namespace Gate.Peers.LlamaCpp;

/// <summary>A GGUF file as llama.cpp reads it, on one thread, with keys and values in binary32.</summary>
internal sealed class LlamaCppModel : IDisposable
{
    // What llama.cpp says while it loads: the reason when it refuses a file. Kept, for it is called from native code.
    private static readonly StringBuilder Told = new();
    private static readonly NativeLogConfig.LLamaLogCallback Listen = (_, message) =>
    {
        lock (Told)
            Told.Append(message);
    };

    private readonly SafeLlamaModelHandle _model;

    static LlamaCppModel()
    {
        NativeLibraryConfig.All.WithLogCallback(Listen);
        NativeApi.llama_empty_call();
    }

    public LlamaCppModel(string path)
    {
        lock (Told)
            Told.Clear();
        try
        {
            _model = SafeLlamaModelHandle.LoadFromFile(path, LLamaModelParams.Default() with { n_gpu_layers = 0 });
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"llama.cpp refuses {path}: {Told}", exception);
        }
    }

    public int VocabularySize => _model.Vocab.Count;

    /// <summary>Logits of every position.</summary>
    public float[] Logits(int[] ids)
    {
        LLamaContextParams parameters = LLamaContextParams.Default() with
        {
            n_ctx = 256,
            n_batch = 256,
            n_ubatch = 256,
            n_seq_max = 1,
            n_threads = 1,
            n_threads_batch = 1,
            type_k = GGMLType.GGML_TYPE_F32,
            type_v = GGMLType.GGML_TYPE_F32,
            llama_flash_attn_type = LLamaFlashAttentionType.LLAMA_FLASH_ATTENTION_TYPE_DISABLED,
        };
        using SafeLLamaContextHandle context = SafeLLamaContextHandle.Create(_model, parameters);
        LLamaBatch batch = new();
        for (int position = 0; position < ids.Length; position++)
            batch.Add(ids[position], position, LLamaSeqId.Zero, true);
        DecodeResult result = context.Decode(batch);
        Assert.True(result == DecodeResult.Ok, $"llama_decode: {result}");
        float[] logits = new float[ids.Length * VocabularySize];
        for (int position = 0; position < ids.Length; position++)
            context.GetLogitsIth(position).CopyTo(logits.AsSpan(position * VocabularySize));
        return logits;
    }

    /// <summary>Ids of a text.</summary>
    public int[] Encode(string text, bool special) =>
        [.. _model.Tokenize(text, addBos: special, special: true, Encoding.UTF8).Select(token => (int)token)];

    public void Dispose() => _model.Dispose();
}
