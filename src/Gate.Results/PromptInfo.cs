namespace Gate.Results;

/// <summary>How a task asks.</summary>
/// <param name="Template">The prompt with placeholders, as in the task file.</param>
/// <param name="TemplateHash">SHA-256 of the template and scoring options.</param>
/// <param name="DataHash">SHA-256 of the items used, in order.</param>
/// <param name="AddsSpecialTokens">Whether the tokenizer's special tokens were added to prompts.</param>
public sealed record PromptInfo(string Template, string TemplateHash, string DataHash, bool AddsSpecialTokens);
