namespace Gate.Tests;

/// <summary>Families without outputs of the Hugging Face code among the fixtures that are held by another implementation instead.</summary>
internal static class PeerFamilies
{
    /// <summary>By llama.cpp (<c>tests/Gate.Peers</c>).</summary>
    public static IReadOnlyList<string> OfLlamaCpp { get; } =
        ["cohere", "cohere2", "falcon", "gemma3_text", "granite", "olmo2", "qwen2_moe", "qwen3_moe", "smollm3", "stablelm", "starcoder2"];
}
