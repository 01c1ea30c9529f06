using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace Gate.Numerics.Tests.Determinism;

public sealed class GoldenBitsTests
{
    private const string Committed = "462d56cdaeb1e92ff3a953676d1484f6fcf4fb459f6dd7424cf9e035a88f8553";

    private const string OutputVariable = "GATE_GOLDEN_BITS_OUTPUT";

    [Fact]
    public void The_bits_are_the_committed_ones()
    {
        string digest = GoldenBits.Digest();
        if (Environment.GetEnvironmentVariable(OutputVariable) is { Length: > 0 } path)
            File.WriteAllText(path, $"{VectorBits()} {digest}");
        Assert.Equal(Committed, digest);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task The_bits_do_not_depend_on_the_vectors_of_the_machine(string variable, int mostVectorBits)
    {
        string output = Path.Combine(Path.GetTempPath(), $"gate-golden-bits-{Environment.ProcessId}-{variable}.txt");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(GoldenBitsTests).Assembly.Location);
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{typeof(GoldenBitsTests).FullName}.{nameof(The_bits_are_the_committed_ones)}");
        start.Environment[variable] = "0";
        start.Environment[OutputVariable] = output;
        using Process child = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> errors = child.StandardError.ReadToEndAsync(cancellation);
        string text = await child.StandardOutput.ReadToEndAsync(cancellation) + await errors;
        await child.WaitForExitAsync(cancellation);
        Assert.True(File.Exists(output), text);
        string[] found = (await File.ReadAllTextAsync(output, cancellation)).Split(' ');
        File.Delete(output);
        Assert.Equal(Math.Min(VectorBits(), mostVectorBits), int.Parse(found[0]));
        Assert.Equal(GoldenBits.Digest(), found[1]);
    }

    private static int VectorBits() =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;
}
