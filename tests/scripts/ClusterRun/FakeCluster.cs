using System.Diagnostics;

namespace GopherMesh.Tests.Scripts.ClusterRun;

/// <summary>A checkout whose cluster, and whose SDK, are <see cref="FakePrograms"/>.</summary>
internal sealed class FakeCluster : IDisposable
{
    private readonly Checkout _checkout = new();

    public FakeCluster()
    {
        Directory.CreateDirectory(PathOf("namespaces"));
        File.WriteAllText(PathOf("types"), "");
        File.WriteAllText(PathOf("calls"), "");
        Program("tool", FakePrograms.Tool);
        Program("path/dotnet", FakePrograms.Dotnet);
        Program("path/kubectl", FakePrograms.Kubectl);
        Program("path/helm", FakePrograms.Helm);
        Program("path/istioctl", FakePrograms.Istioctl);
    }

    /// <summary>What was called, in order.</summary>
    public IReadOnlyList<string> Calls => File.ReadAllLines(PathOf("calls"));

    /// <summary>The calls that took the cluster down after its start.</summary>
    public IEnumerable<string> Removals => Calls.SkipWhile(call => call != "up").Where(call => call.StartsWith("down", StringComparison.Ordinal) || call == "removed");

    /// <summary>The namespaces and types that are on the cluster.</summary>
    public IReadOnlyList<string> Left =>
    [
        .. Directory.GetFiles(PathOf("namespaces")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal),
        .. File.ReadAllLines(PathOf("types")),
    ];

    /// <summary>Sets what the programs look for: <c>fail-X</c>, <c>block-X</c>, <c>closed</c>, <c>data</c>, <c>up</c>, <c>namespaces/X</c>.</summary>
    public void Set(string file) => File.WriteAllText(PathOf(file), "");

    public void Unset(string file) => File.Delete(PathOf(file));

    /// <summary>Puts a type of resource on the cluster.</summary>
    public void AddType(string name) => File.AppendAllText(PathOf("types"), name + "\n");

    /// <summary>Whether the process whose id is in a file has ended.</summary>
    public bool HasEnded(string file)
    {
        try
        {
            return IsSet(file) && File.ReadAllText($"/proc/{Id(file)}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    public bool IsSet(string file) => File.Exists(PathOf(file));

    /// <summary>Starts <c>./test --cluster</c> on the fake tool.</summary>
    public RunningScript WithTool(string after = "") => Start($"exec ./test --cluster fake/tool {after}");

    /// <summary>Starts <c>./test --context</c> on the fake kubectl and helm.</summary>
    public RunningScript WithContext() => Start("exec ./test --context fake");

    /// <summary>Runs <c>./test --cluster</c> to its end.</summary>
    public Task<ScriptResult> EndWithToolAsync() => EndAsync(WithTool());

    /// <summary>Runs <c>./test --context</c> to its end.</summary>
    public Task<ScriptResult> EndWithContextAsync() => EndAsync(WithContext());

    public RunningScript Start(string script) => new(_checkout.Root, script,
        ("PATH", $"{PathOf("path")}:{Environment.GetEnvironmentVariable("PATH")}"),
        ("FAKE", _checkout.PathOf("fake")),
        ("PulumiSdk", "stand-in"),
        ("GOPHER_DISTRIBUTOR_IMAGE", "d"), ("GOPHER_REQUESTER_IMAGE", "r"), ("GOPHER_STUB_REPOSITORY", "s"),
        ("GOPHER_COLLECTOR_IMAGE", "c"));

    /// <summary>Also ends the processes that a run has left.</summary>
    public void Dispose()
    {
        if (IsSet("pid") && !HasEnded("pid"))
        {
            using var kill = Process.Start("/bin/kill", ["-s", "KILL", Id("pid")]);
            kill.WaitForExit();
        }

        _checkout.Dispose();
    }

    private static async Task<ScriptResult> EndAsync(RunningScript started)
    {
        using var run = started;
        return await run.EndAsync();
    }

    private string Id(string file) => File.ReadAllText(PathOf(file)).Trim();

    private string PathOf(string file) => _checkout.PathOf($"fake/{file}");

    private void Program(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }
}
