using System.Security.Cryptography;
using System.Text;
using Gate.Diagnostics;
using Gate.Models.Tokenization;

namespace Gate.Models.Inference.Served;

/// <summary>Opens served models.</summary>
public static class ServedModels
{
    /// <summary>
    /// What a served model is, without contacting it. Weights behind a server cannot be hashed: address, name and the user's revision stand for them. Without
    /// a revision every call gives another identity, so that no answer outlives the run.
    /// </summary>
    /// <param name="settings">The served model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    public static ModelIdentity Identify(ServedModelSettings settings, Tokenizer tokenizer)
    {
        string revision = settings.Revision ?? $"unnamed {UniqueName.Next()}";
        string weights = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"served model\n{settings.Url}\n{settings.Model}\n{revision}")));
        return new ModelIdentity("served", weights, "", tokenizer.Hash, "completions/1");
    }

    /// <summary>Prepares a model whose server is contacted with the first question.</summary>
    /// <param name="settings">The served model.</param>
    /// <param name="identity">What <see cref="Identify"/> gave.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="environment">Reads environment variables, for the key.</param>
    /// <param name="told">Told in a sentence when the server makes the run wait; null: nobody is.</param>
    /// <exception cref="GateException">Exit 4 (GATE6002): the variable that should hold the key is not set, or holds no key.</exception>
    public static ILanguageModel Open(
        ServedModelSettings settings, ModelIdentity identity, Tokenizer tokenizer, Func<string, string?> environment, Action<string>? told = null) =>
        new ServedLanguageModel(settings, identity, tokenizer, ServerKey.Find(settings, environment), told);
}
