using System.Text.Json;

namespace Gate.Core.Configuration;

/// <summary>The smallest useful <c>gate.json</c>, for <c>gate init</c>.</summary>
public static class ConfigurationTemplate
{
    /// <summary>The file's text.</summary>
    /// <param name="model">Path of the model relative to the file.</param>
    public static string Render(string model) => $$"""
        {
          "$schema": "gate.schema.json",
          "version": 1,
          // {{HelpOf("model")}}
          "model": "{{JsonEncodedText.Encode(model)}}",
          // {{HelpOf("budget.compressionRate")}}
          "budget": { "compressionRate": 0.8125 },
          "recipe": {
            "prune": { "method": "magnitude", "sparsity": 0.25 },
            "quantize": { "method": "rtn", "bits": 4, "groupSize": 32 }
          },
          "thresholds": {
            // {{HelpOf("thresholds.retention")}}
            "retention": 0.95
          }
        }

        """.ReplaceLineEndings("\n");

    private static string HelpOf(string path) => ConfigurationKeys.All.First(key => key.Path == path).Help;
}
