using System.Security.Cryptography;
using System.Text;
using Gate.Core.Caching;
using Gate.Core.Configuration;
using Gate.Diagnostics;
using Gate.Results;

namespace Gate.Core.Pipeline;

/// <summary>
/// The right to write one report folder, held by one process at a time: projects of one solution that share a gate run it once, and none finds a file
/// that another is writing. The lock's file stays and says which question the folder answers, so that whoever waited can read the answer.
/// </summary>
public sealed class ReportLock : IDisposable
{
    /// <summary>Name of the file in the report folder.</summary>
    public const string FileName = ".gate.lock";

    private const string Place = "report";

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FileStream _file;
    private readonly ReportPaths _reports;
    private readonly CacheSeal _seal;

    private ReportLock(FileStream file, ReportPaths reports, CacheSeal seal, bool waited) => (_file, _reports, _seal, Waited) = (file, reports, seal, waited);

    /// <summary>Whether another process held the lock when it was asked for.</summary>
    public bool Waited { get; }

    /// <summary>Takes the lock, waiting for whoever has it.</summary>
    /// <param name="reports">The reports; the lock is on the folder of the results.</param>
    /// <param name="context">The run: told when there is a wait, and able to end it.</param>
    /// <exception cref="GateException">Exit 4: the folder cannot be written.</exception>
    public static ReportLock Take(ReportPaths reports, RunContext context)
    {
        string folder = Path.GetDirectoryName(reports.Json)!;
        string shown = ConfigurationReader.Show(folder, context.WorkingFolder);
        AtomicFile.CheckWritable(folder, shown);
        for (bool waited = false; ; waited = true)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            try
            {
                var file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
                return new ReportLock(file, reports, context.Seal, waited);
            }
            catch (IOException exception) when (IsHeld(exception))
            {
                if (!waited)
                    context.Progress?.Report(new PhaseStarted("wait", $"another run writes to {shown}: waiting for it"));
                else
                    context.CancellationToken.WaitHandle.WaitOne(Pause);
            }
            catch (Exception exception) when (StorageFault.Is(exception))
            {
                throw GateException.Input(
                    "GATE3101", $"'{shown}' cannot be locked: {exception.Message}", remedy: "fix its permissions, or choose another folder with --report-dir",
                    innerException: exception);
            }
        }
    }

    /// <summary>The results in the folder when they answer this question and no file of them changed since; null otherwise.</summary>
    /// <param name="question">What <see cref="RunQuestion"/> says about the run at hand.</param>
    public GateResults? Find(string question)
    {
        _file.Position = 0;
        using var reader = new StreamReader(_file, leaveOpen: true);
        if (reader.ReadLine() is not { } line || _seal.Unwrap(Place, line) != Answer(question) || (!_seal.IsKeyed && IsOfOthers()))
            return null;
        try
        {
            return ResultsJson.Read(File.ReadAllBytes(_reports.Json));
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is ResultsFormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Writes down that the folder answers this question now. Where that fails, as on a full disk or when an input is gone since the run has read it, only time is lost: the
    /// reports are in place, and the next run finds no answer.
    /// </summary>
    /// <param name="question">As for <see cref="Find"/>; asked after the run, which may have made the candidate.</param>
    public void Remember(Func<string> question)
    {
        try
        {
            _file.SetLength(0);
            _file.Position = 0;
            _file.Write(Encoding.UTF8.GetBytes($"{_seal.Wrap(Place, Answer(question()))}\n"));
        }
        catch (Exception exception) when (StorageFault.Is(exception) || exception is GateException)
        {
            // The verdict stands.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // EWOULDBLOCK of Linux and of macOS, and the sharing violation of Windows. Whatever else keeps the file from being opened does not pass by waiting.
    private static bool IsHeld(IOException exception) => (exception.HResult & 0xFFFF) is 11 or 35 or 32;

    // Who may write here could have put another verdict in place, and the line that calls it this question's.
    private bool IsOfOthers() => new[] { _file.Name, Path.GetDirectoryName(_file.Name)!, _reports.Json }.Any(path => OwnFiles.Distrust(path, trustsGroup: true) is not null);

    private string Answer(string question) => $"{question} {Fingerprint()}";

    // The bytes of every report: one that was edited or is gone is not an answer.
    private string Fingerprint() => ContentHash.Of(_reports.All.Select(path =>
        File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : "none"));
}
