using System.Buffers.Binary;
using System.Text;
using Gate.Diagnostics;
using Gate.Models.Checkpoints;

namespace Gate.Models.Tests.Checkpoints;

/// <summary>Folders and files as no honest tool writes them; each is refused with exit 4, a code of its own and a message that names what is wrong.</summary>
public sealed class HostileCheckpointTests
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I8","shape":[1],"data_offsets":[8,9]}}""";

    /// <summary>Header, data bytes after it, expected code, parts of the message.</summary>
    public static TheoryData<string, int, string, string[]> Headers() => new()
    {
        { "", 0, "GATE3010", ["begins with '{'", "nothing"] },
        { "[]", 0, "GATE3010", ["begins with '{'", "0x5B"] },
        { " {}", 0, "GATE3010", ["begins with '{'"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", 8, "GATE3010", ["JSON"] },
        { """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "GATE3010", ["a"] },
        { """{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}""", 4, "GATE3010", ["dtype"] },
        { "{\"a\":" + new string('[', 5000) + new string(']', 5000) + "}", 0, "GATE3010", ["depth"] },
        { """{"__metadata__":3}""", 0, "GATE3010", ["__metadata__", "3"] },
        { """{"__metadata__":{"format":1}}""", 0, "GATE3010", ["__metadata__.format"] },
        { """{"a":5}""", 0, "GATE3011", ["'a'", "an object", "5"] },
        { """{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "GATE3011", ["'a'", "dtype", "no such key"] },
        { """{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "GATE3011", ["dtype", "a text", "7"] },
        { """{"a":{"dtype":"F32","shape":"2","data_offsets":[0,8]}}""", 8, "GATE3011", ["shape", "array"] },
        { """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "GATE3011", ["shape", "-2"] },
        { """{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "GATE3011", ["shape", "2.5"] },
        { """{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}""", 8, "GATE3011", ["shape"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "GATE3011", ["data_offsets", "two integers"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "GATE3011", ["data_offsets", "-8"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"scale":2}}""", 8, "GATE3011", ["scale", "unknown key"] },
        { """{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}}""", 8, "GATE3012", ["'a'", "BF16", "'F4'"] },
        { """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "GATE3013", ["'a'", "12 bytes", "[3]", "span 8 bytes"] },
        { """{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "GATE3013", ["2^63"] },
        { """{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "GATE3013", ["2^63"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "GATE3014", ["begin <= end", "[8, 0]"] },
        { """{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 8, "GATE3014", ["'a'", "8 bytes of data", "[0, 16]"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[9223372036854775799,9223372036854775807]}}""", 8, "GATE3014", ["8 bytes of data"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "GATE3015", ["'b'", "'a'", "overlap by 4"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "GATE3015", ["overlap by 8"] },
        { """{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12, "GATE3015", ["'a'", "the header", "a gap of 4"] },
        { Good, 10, "GATE3015", ["'b'", "1 more bytes"] },
        { "{}", 0, "GATE3005", ["no tensors"] },
        { """{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "GATE3010", ["surrogate", "at byte 10"] },
        { """{"__metadata__":{"\udc00":"1"}}""", 0, "GATE3010", ["surrogate"] },
        { """{"a":{"dtype":"\ud800","shape":[2],"data_offsets":[0,8]}}""", 8, "GATE3010", ["surrogate"] },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_that_is_not_as_specified_is_refused(string header, int dataBytes, string code, string[] parts)
    {
        using TemporaryFolder folder = Folder();
        WriteSafetensors(folder.PathOf("model.safetensors"), Encoding.UTF8.GetBytes(header), dataBytes);
        Refused(folder.Path, code, parts);
    }

    [Fact]
    public void The_same_header_without_the_fault_is_read_even_when_a_tensor_is_not_aligned()
    {
        using TemporaryFolder folder = Folder();
        WriteSafetensors(folder.PathOf("model.safetensors"), Encoding.UTF8.GetBytes(Good.Replace("[8,9]", "[0,1]").Replace("[0,8]", "[1,9]")), 9);
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(BitConverter.ToSingle([2, 3, 4, 5]), checkpoint.ReadSingles("a")[0]);
        GateException refused = Assert.Throws<GateException>(() => checkpoint.ReadSingles("b"));
        Assert.Equal("GATE3022", refused.Diagnostic.Code);
        refused = Assert.Throws<GateException>(() => checkpoint.Require("aa"));
        Assert.Equal("GATE3021", refused.Diagnostic.Code);
        Assert.Contains("nearest is 'a'", refused.Message);
    }

    [Fact]
    public void A_header_that_is_not_UTF8_is_refused()
    {
        using TemporaryFolder folder = Folder();
        WriteSafetensors(folder.PathOf("model.safetensors"), [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)'}'], 0);
        Refused(folder.Path, "GATE3010", "UTF-8");
    }

    [Theory]
    [InlineData("config.json", "{\n \"\\ud800\": 1 }", "GATE3004")]
    [InlineData("config.json", "{\n \"a\": {\"\\udc00\\ud800\": 1} }", "GATE3004")]
    [InlineData("config.json", "{\n \"\xff\": 1 }", "GATE3004")]
    [InlineData("model.safetensors.index.json", "{\n \"weight_map\": {\"\\ud800\": \"a.safetensors\"} }", "GATE3016")]
    public void A_key_that_is_no_Unicode_is_refused_with_its_line(string file, string json, string code)
    {
        using TemporaryFolder folder = Folder();
        File.WriteAllBytes(folder.PathOf(file), Encoding.Latin1.GetBytes(json));
        Assert.Equal(2, Assert.Throws<GateException>(() => Checkpoint.Open(folder.Path)).Diagnostic.Location!.Line);
        Refused(folder.Path, code, "UTF-8");
    }

    [Theory]
    [InlineData(1UL << 60, "GATE3009", "1152921504606846976")]
    [InlineData(ulong.MaxValue, "GATE3009", "18446744073709551615")]
    [InlineData(100_000_001UL, "GATE3009", "100000000")]
    [InlineData(50_000_000UL, "GATE3008", "50000000 bytes of header")]
    public void A_header_length_beyond_the_file_is_refused_without_allocating_it(ulong length, string code, string part)
    {
        using TemporaryFolder folder = Folder();
        byte[] bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(folder.PathOf("model.safetensors"), bytes);
        Refused(folder.Path, code, part);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<GateException>(() => Checkpoint.Open(folder.Path));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_shorter_than_its_header_length_is_refused(int bytes)
    {
        using TemporaryFolder folder = Folder();
        File.WriteAllBytes(folder.PathOf("model.safetensors"), new byte[bytes]);
        Refused(folder.Path, "GATE3008", $"{bytes} bytes");
    }

    [Fact]
    public void Every_cut_of_a_real_file_is_refused()
    {
        using TemporaryFolder folder = Folder();
        WriteSafetensors(folder.PathOf("model.safetensors"), Encoding.UTF8.GetBytes(Good), 9);
        byte[] whole = File.ReadAllBytes(folder.PathOf("model.safetensors"));
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(folder.PathOf("model.safetensors"), whole[..length]);
            Assert.Equal(ExitCode.InputUnavailable, Assert.Throws<GateException>(() => Checkpoint.Open(folder.Path)).ExitCode);
        }
    }

    [Fact]
    public void A_file_cut_off_while_open_is_refused_instead_of_ending_the_process()
    {
        using TemporaryFolder folder = Folder();
        WriteSafetensors(folder.PathOf("model.safetensors"), Encoding.UTF8.GetBytes(Good), 9);
        using Checkpoint checkpoint = Checkpoint.Open(folder.Path);
        using (var process = System.Diagnostics.Process.Start("truncate", ["-s", "10", folder.PathOf("model.safetensors")]))
            process.WaitForExit();
        Assert.Equal("GATE3025", Assert.Throws<GateException>(() => checkpoint.ReadSingles("a")).Diagnostic.Code);
    }

    [Fact]
    public void Folders_without_usable_weights_say_what_they_hold_instead()
    {
        using TemporaryFolder folder = Folder();
        Refused(folder.PathOf("missing"), "GATE3001", "nothing of that name");
        Refused(folder.PathOf("config.json"), "GATE3001", "a file");
        Refused(folder.Path, "GATE3005", "no weights");
        File.WriteAllText(folder.PathOf("pytorch_model.bin"), "pickle");
        GateException refused = Refused(folder.Path, "GATE3006", "pickle", "runs the code");
        Assert.Contains("safe_serialization=True", refused.Diagnostic.Remedy);
        File.Delete(folder.PathOf("pytorch_model.bin"));
        File.Delete(folder.PathOf("config.json"));
        Refused(folder.Path, "GATE3002", "config.json");
    }

    /// <summary>Index, expected code, parts of the message. The folder holds one.safetensors with tensors a and b, and two.safetensors with the same.</summary>
    public static TheoryData<string, string, string[]> Indices() => new()
    {
        { "[]", "GATE3016", ["a JSON object", "an array"] },
        { "{\n \"weight_map\": [1]}", "GATE3016", ["weight_map", "an object", "an array"] },
        { "{}", "GATE3016", ["weight_map", "no such key"] },
        { """{"weight_map":{"a":1}}""", "GATE3016", ["weight_map.a", "a text", "1"] },
        { """{"weight_map":{"a":"../one.safetensors"}}""", "GATE3018", ["weight_map.a", "../one.safetensors"] },
        { """{"weight_map":{"a":"/etc/passwd"}}""", "GATE3018", ["/etc/passwd"] },
        { """{"weight_map":{"a":"x/../../one.safetensors"}}""", "GATE3018", ["inside the model folder"] },
        { """{"weight_map":{"a":"C:\\one.safetensors"}}""", "GATE3018", ["inside the model folder"] },
        { """{"weight_map":{"a":""}}""", "GATE3018", ["inside the model folder"] },
        { """{"weight_map":{"a":"three.safetensors"}}""", "GATE3017", ["three.safetensors"] },
        { """{"weight_map":{"a":"one.safetensors","b":"one.safetensors","c":"one.safetensors"}}""", "GATE3019", ["'c'", "nowhere"] },
        { """{"weight_map":{"a":"one.safetensors"}}""", "GATE3019", ["'b'", "no entry"] },
        { """{"weight_map":{"a":"one.safetensors","b":"two.safetensors"}}""", "GATE3020", ["one.safetensors", "two.safetensors"] },
    };

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_shard_index_that_does_not_fit_its_shards_is_refused(string index, string code, string[] parts)
    {
        using TemporaryFolder folder = Folder();
        WriteSafetensors(folder.PathOf("one.safetensors"), Encoding.UTF8.GetBytes(Good), 9);
        WriteSafetensors(folder.PathOf("two.safetensors"), Encoding.UTF8.GetBytes(Good), 9);
        File.WriteAllText(folder.PathOf("model.safetensors.index.json"), index);
        Refused(folder.Path, code, parts);
    }

    private static TemporaryFolder Folder()
    {
        var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("config.json"), """{"model_type":"llama"}""");
        return folder;
    }

    private static void WriteSafetensors(string path, byte[] header, int dataBytes)
    {
        byte[] bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        for (int i = 0; i < dataBytes; i++)
            bytes[8 + header.Length + i] = (byte)(i + 1);
        File.WriteAllBytes(path, bytes);
    }

    private static GateException Refused(string folder, string code, params string[] parts)
    {
        GateException refused = Assert.Throws<GateException>(() => Checkpoint.Open(folder).Dispose());
        Assert.Equal((code, ExitCode.InputUnavailable), (refused.Diagnostic.Code, refused.ExitCode));
        Assert.All(parts, part => Assert.Contains(part, refused.Message));
        Assert.NotNull(refused.Diagnostic.Location);
        Assert.NotNull(refused.Diagnostic.Remedy);
        Assert.NotNull(DiagnosticCatalogue.Find(code));
        return refused;
    }
}
