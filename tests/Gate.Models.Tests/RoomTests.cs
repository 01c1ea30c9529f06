using System.Text.RegularExpressions;
using Gate.Tests;

namespace Gate.Models.Tests;

/// <summary>Rooms are the folders of the project; one knows another when a file of it uses the other's namespace.</summary>
public sealed partial class RoomTests
{
    [Fact]
    public void No_room_knows_a_room_that_knows_it()
    {
        string root = Repository.PathOf("src", "Gate.Models");
        Dictionary<string, HashSet<string>> knows = Directory.EnumerateDirectories(root)
            .Where(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Any())
            .ToDictionary(
                folder => Path.GetFileName(folder),
                folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
                    .SelectMany(file => UsedRoom().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
                    .Where(room => room != Path.GetFileName(folder)).ToHashSet(StringComparer.Ordinal),
                StringComparer.Ordinal);
        Assert.Contains("Runtime", knows["Inference"]);
        Assert.Empty(knows["Blueprints"]);
        while (knows.Count > 0)
        {
            string? free = knows.FirstOrDefault(room => !room.Value.Any(knows.ContainsKey)).Key;
            Assert.True(free is not null, $"rooms in a circle: {string.Join("; ", knows.Select(room => $"{room.Key} knows {string.Join(", ", room.Value.Where(knows.ContainsKey))}"))}");
            knows.Remove(free);
        }
    }

    // Names of rooms in using lines and in qualified names of other rooms.
    [GeneratedRegex(@"\bGate\.Models\.([A-Z][A-Za-z]+)")]
    private static partial Regex UsedRoom();
}
