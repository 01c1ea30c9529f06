using System.Globalization;
using System.Text;
using System.Text.Json;
using Gate.Diagnostics;
using Gate.Evaluation.Data;
using Gate.Evaluation.Tasks;

namespace Gate.Evaluation.TaskFiles;

/// <summary>
/// Description and static examples before every prompt: description, then for each example its prompt, the target delimiter, its answer and the
/// shot delimiter. The same examples for every item, in file order, so that an item's prompt does not depend on the others.
/// </summary>
/// <param name="Text">What stands before the prompt; empty without description and examples.</param>
/// <param name="Shots">How many examples it holds.</param>
internal sealed record FewShotPreamble(string Text, int Shots)
{
    /// <summary>Reads the keys <c>description</c>, <c>shots</c>, <c>shotCount</c> and <c>shotDelimiter</c>.</summary>
    /// <exception cref="GateException">Exit 2: wrong keys; exit 4: the file of examples is not as expected.</exception>
    public static FewShotPreamble Read(KeyedObject file, NamedFiles files, PromptTemplate template, TaskSettings settings, ITaskKind kind)
    {
        StringBuilder text = new(file.GetText(TaskFileKeys.Description) ?? "");
        string delimiter = file.GetText(TaskFileKeys.ShotDelimiter) ?? "\n\n";
        IReadOnlyList<DataRecord> shots = ReadShots(file, files);
        foreach (DataRecord shot in shots)
        {
            text.Append(ItemReader.Render(template, shot, settings.Fields)).Append(settings.TargetDelimiter)
                .Append(kind.ExampleAnswer(shot, settings.Fields)).Append(delimiter);
        }

        return new FewShotPreamble(text.ToString(), shots.Count);
    }

    private static IReadOnlyList<DataRecord> ReadShots(KeyedObject file, NamedFiles files)
    {
        LocatedValue? count = file.Find(TaskFileKeys.ShotCount);
        if (file.Find(TaskFileKeys.Shots) is not { } value)
        {
            return count is null ? [] : throw GateException.Usage(
                "GATE5005", $"'{TaskFileKeys.ShotCount}' is given without '{TaskFileKeys.Shots}'", count.Location,
                $"name the examples with \"{TaskFileKeys.Shots}\": \"file.jsonl\", or list them there");
        }

        IReadOnlyList<DataRecord> all = value.Kind switch
        {
            JsonValueKind.String when value.Text.Length > 0 => JsonLines.Read(files.Resolve(TaskFileKeys.Shots, value)),
            JsonValueKind.Array => [.. value.Elements.Select(shot => new DataRecord(JsonLines.ParseObject(shot.Source, shot.Location), shot.Location))],
            _ => throw file.Wrong(TaskFileKeys.Shots, "the path of a JSON Lines file or a list of objects", value),
        };
        int taken = file.GetInteger(TaskFileKeys.ShotCount, all.Count, 0, int.MaxValue);
        return taken <= all.Count ? [.. all.Take(taken)] : throw file.Wrong(
            TaskFileKeys.ShotCount, $"at most {all.Count.ToString(CultureInfo.InvariantCulture)}, the number of examples", count!);
    }
}
