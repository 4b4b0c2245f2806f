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

/// <summary>
/// The programs that a cluster run calls, as small shell scripts. They share the folder of the variable FAKE: <c>calls</c> has one line for
/// each call; <c>namespaces/</c> and <c>types</c> what is on the cluster; <c>data</c> is what a cluster of the tool keeps until
/// it is taken down; <c>closed</c> lets the removal wait; a file <c>fail-X</c> lets X fail and a file <c>block-X</c> lets it wait until it
/// is killed, having written <c>in-X</c>.
/// </summary>
internal static class FakePrograms
{
    private const string Preamble = """
        #!/usr/bin/env bash
        set -u
        called() { echo "$*" >>"$FAKE/calls"; }
        outcome() {
          [[ ! -e $FAKE/block-$1 ]] || { echo $$ >"$FAKE/pid"; touch "$FAKE/in-$1"; exec sleep infinity; }
          [[ ! -e $FAKE/fail-$1 ]] || { echo "the fake $1 failed" >&2; exit 1; }
        }

        """;

    /// <summary>The program that starts a cluster. While it takes the cluster down it records whether the tests have ended.</summary>
    public const string Tool = Preamble + """
        called "$1"
        case $1 in
          status) [[ -e $FAKE/up ]] ;;
          up)
            [[ ! -e $FAKE/data ]] || { echo "the fake cluster starts with the objects of an earlier run" >&2; exit 1; }
            touch "$FAKE/up" "$FAKE/data"; outcome up ;;
          dotnet-image) outcome image ;;
          run) shift; exec "$@" ;;
          down)
            [[ -e $FAKE/up ]] || { rm -f "$FAKE/data"; exit 0; }
            [[ ! -e $FAKE/pid ]] || ! kill -0 "$(<"$FAKE/pid")" 2>/dev/null || called "down beside the tests"
            touch "$FAKE/in-down"
            while [[ -e $FAKE/closed ]]; do sleep 0.05; done
            for i in {1..100}; do echo "going down" && echo "going down" >&2 || exit 1; done
            outcome down
            rm "$FAKE/up" "$FAKE/data"; called removed ;;
        esac
        """;

    /// <summary>The .NET SDK: builds and publishes nothing; a test run creates what the real one creates, and two tests pass.</summary>
    public const string Dotnet = Preamble + """
        case $1 in
          publish) while [[ $1 != -o ]]; do shift; done; mkdir -p "$2" ;;
          test)
            source "$FAKE/../scripts/cluster-context.sh"
            for name in "${cluster_namespaces[@]}"; do touch "$FAKE/namespaces/$name"; done
            printf '%s.istio.io\n' gateways.networking virtualservices.networking >>"$FAKE/types"
            outcome run
            failed=0 word=Passed
            [[ ! -e $FAKE/fail-test ]] || failed=1 word=Failed
            echo "$word!  - Failed:     $failed, Passed:     2, Skipped:     0, Total:     3, Duration: 5 ms - ClusterTests.dll (net10.0)"
            exit "$failed" ;;
        esac
        """;

    public const string Kubectl = Preamble + """
        [[ $1 != --context ]] || shift 2
        case "$1 $2" in
          "config current-context") echo fake ;;
          "get namespaces") outcome kubectl; ls "$FAKE/namespaces" | sed s,^,namespace/, ;;
          "get crds") sed s,^,customresourcedefinition.apiextensions.k8s.io/, "$FAKE/types" ;;
          "delete namespace") [[ ! -e $FAKE/fail-$3 ]] || outcome "$3"; rm -f "$FAKE/namespaces/$3" ;;
          "delete --timeout"*) for name in "${@:3}"; do sed -i "/^${name##*/}$/d" "$FAKE/types"; done ;;
          "delete configmap") called "$*" ;;
          *) echo "the fake kubectl does not know '$*'" >&2; exit 1 ;;
        esac
        """;

    public const string Helm = Preamble + """
        called "helm ${*:3:2}"
        outcome helm
        """;

    public const string Istioctl = Preamble;
}
