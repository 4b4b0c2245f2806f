using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Rehearsal.Cli;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>
/// A deployed stack without an engine and a cluster: commands <c>pulumi</c> and <c>kubectl</c> on the PATH of a gopherctl process, which keep
/// configuration, lock, history and the weight in force in files, and a proxy's statistics that follow that weight.
/// </summary>
/// <remarks>
/// As the real command does, <c>up --config</c> writes the configuration before it asks for the lock, a killed update leaves its lock and no
/// line in the history, and an interrupted one gives the lock back.
/// </remarks>
internal sealed class FakeStack : IDisposable
{
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    // $1 of `set` is key=value; a stack's file is written anew in one step.
    private const string Pulumi = """
        #!/usr/bin/env bash
        shopt -s extglob
        file=$GOPHER_MESH_ROOT/Pulumi.$FAKE_STACK.yaml
        value() { sed -n "s/^  gopher-mesh:$1: \"\(.*\)\"$/\1/p" "$file"; }
        set_value() { { grep -v "^  gopher-mesh:${1%%=*}:" "$file"; echo "  gopher-mesh:${1%%=*}: \"${1#*=}\""; } >"$file.$$"; mv "$file.$$" "$file"; }
        record() {
          printf '{"startTime":"%s","message":"%s","result":"%s","version":%d,"config":{"gopher-mesh:stableVersion":{"value":"%s"},"gopher-mesh:canaryVersion":{"value":"%s"},"gopher-mesh:canaryWeight":{"value":"%s"}}}\n' \
            "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$message" "$1" "$(($(wc -l <history) + 1))" "$(value stableVersion)" "$(value canaryVersion)" "$(value canaryWeight)" >>history
        }
        apply() { echo "$(value stableVersion)/$(value canaryVersion)/$(value canaryWeight)" >inForce.$$; mv inForce.$$ inForce; }
        cd "$FAKE"
        case "$1 $2" in
          "stack history") tac history | head -1 | sed 's/^/[/; s/$/]/' | grep . || echo '[]' ;;
          "stack output") echo '{}' ;;
          "config set-all") shift 2; while [[ $# -gt 0 ]]; do [[ $1 == --plaintext ]] && set_value "$2"; shift; done ;;
          "cancel "*) rm -f lock ;;
          "up "*)
            message=; while [[ $# -gt 0 ]]; do
              case $1 in --config) set_value "$2"; shift ;; --message) message=$2; shift ;; esac; shift
            done
            if ! (set -o noclobber; echo $$ >lock) 2>/dev/null; then
              echo "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`." >&2; exit 255
            fi
            trap 'record failed; rm -f lock; echo "error: update cancelled" >&2; exit 1' INT
            echo "$message" >>begun
            sleep 0.2
            [[ -f failsEarly ]] && { record failed; rm -f lock failsEarly; echo "error: update failed"; exit 255; }
            apply; sleep 0.2
            [[ -f failsLate ]] && { record failed; rm -f lock failsLate; echo "error: update failed"; exit 255; }
            while [[ -f hangs ]]; do sleep 0.05; done
            record succeeded; rm -f lock ;;
          *) echo "the fake pulumi does not know: $*" >&2; exit 2 ;;
        esac
        """;

    private const string Kubectl = """
        #!/usr/bin/env bash
        cd "$FAKE"
        [[ -f unreachable ]] && { echo "Unable to connect to the server" >&2; exit 1; }
        IFS=/ read -r stable canary weight <inForce
        case "$*" in
          *"get pods"*) echo gopher-requester-1 ;;
          *port-forward*) echo "Forwarding from 127.0.0.1:$FAKE_PORT -> 15090"; while [[ -d $FAKE && $PPID == "$(ps -o ppid= -p $$ | tr -d ' ')" && ! -f unreachable ]]; do sleep 0.1; done ;;
          *"get virtualservices"*)
            other=; [[ $canary ]] && other=",{\"destination\":{\"host\":\"h\",\"subset\":\"$canary\"},\"weight\":$weight}"
            echo "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{\"name\":\"gopher-distributor\",\"namespace\":\"gophers\",\"managedFields\":[{\"manager\":\"pulumi-kubernetes-1\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:spec\":{}}}]},\"spec\":{\"http\":[{\"route\":[{\"destination\":{\"host\":\"h\",\"subset\":\"$stable\"},\"weight\":$((100 - weight))}$other]}]}}" ;;
          *"apply --server-side"*"--field-manager=pulumi-kubernetes-1"*)
            given=$(grep -o "\"subset\":\"$canary\"},\"weight\":[0-9]*" | grep -o '[0-9]*$')
            echo "$given" >>patched
            echo "$stable/$canary/$given" >inForce.$$; mv inForce.$$ inForce ;;
          *) echo "the fake kubectl does not know: $*" >&2; exit 2 ;;
        esac
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fake-stack");
    private readonly string _name = $"fake{Guid.NewGuid():N}";
    private readonly HttpListener _proxy = new();
    private readonly Lock _counting = new();
    private readonly Dictionary<string, (double Good, double Bad)> _counted = [];
    private readonly int _port;
    private long _last = Stopwatch.GetTimestamp();

    public FakeStack()
    {
        Directory.CreateDirectory(State);
        File.Copy(Path.Combine(RepositoryRoot.Find(), "Pulumi.yaml"), Path.Combine(_root.FullName, "Pulumi.yaml"));
        File.WriteAllText(
            StackFile,
            """
            config:
              gopher-mesh:clusterKind: "existing"
              gopher-mesh:kubeContext: "fake"
              gopher-mesh:requesterImage: "requester:1"
              gopher-mesh:rolloutWarmUpSeconds: 0
              gopher-mesh:rolloutBakeSeconds: 0
              gopher-mesh:rolloutSteps: "50,100"
              gopher-mesh:versions: {"v1": "distributor:1", "v2": "distributor:2"}
              gopher-mesh:stableVersion: "v1"
              gopher-mesh:canaryVersion: ""
              gopher-mesh:canaryWeight: "0"

            """);
        Write("history", "");
        Write("inForce", "v1//0\n");
        Command("pulumi", Pulumi);
        Command("kubectl", Kubectl);
        _port = FreePort();
        _proxy.Prefixes.Add($"http://127.0.0.1:{_port}/");
        _proxy.Start();
        _ = AnswerAsync();
    }

    /// <summary>The share of the canary's requests that fail, 0 to 1.</summary>
    public double Failing { get; init; }

    /// <summary>Version, canary and weight: what the configuration says.</summary>
    public StackState Configured => StackState.Of(EffectiveConfig.Read(_root.FullName, _name, []));

    /// <summary>The same on the cluster, as STABLE/CANARY/WEIGHT.</summary>
    public string InForce => Read("inForce").Trim();

    private string State => Path.Combine(_root.FullName, "state");

    private string StackFile => Path.Combine(_root.FullName, $"Pulumi.{_name}.yaml");

    public bool Has(string file) => File.Exists(Path.Combine(State, file));

    public string Read(string file) => Has(file) ? File.ReadAllText(Path.Combine(State, file)) : "";

    public void Write(string file, string text) => File.WriteAllText(Path.Combine(State, file), text);

    public void Delete(string file) => File.Delete(Path.Combine(State, file));

    /// <summary>Sets values of the stack's configuration.</summary>
    public async Task ConfigureAsync(params string[] values)
    {
        foreach (var value in values)
        {
            var key = value.Split('=')[0];
            var lines = (await File.ReadAllLinesAsync(StackFile)).Where(line => !line.StartsWith($"  gopher-mesh:{key}:", StringComparison.Ordinal));
            await File.WriteAllLinesAsync(StackFile, [.. lines, $"  gopher-mesh:{key}: \"{value[(key.Length + 1)..]}\""]);
        }
    }

    /// <summary>Starts gopherctl with the stack's option added.</summary>
    public Process Start(params string[] arguments)
    {
        // One process and not setsid's: what is killed is gopherctl.
        var start = new ProcessStartInfo("dotnet", [Path.ChangeExtension(typeof(EntryPoint).Assembly.Location, "dll"), .. arguments, "--stack", _name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GOPHER_MESH_ROOT"] = _root.FullName;
        start.Environment["PATH"] = $"{Path.Combine(_root.FullName, "bin")}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["FAKE"] = State;
        start.Environment["FAKE_STACK"] = _name;
        start.Environment["FAKE_PORT"] = _port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Runs gopherctl to its end.</summary>
    public async Task<GopherctlRun> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await EndOfAsync(process);
    }

    public static async Task<GopherctlRun> EndOfAsync(Process process)
    {
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await process.WaitForExitAsync(limit.Token);
        return new(process.ExitCode, await output, await error);
    }

    /// <summary>What <c>pulumi cancel</c> does: takes away a lock that was left behind.</summary>
    public void Cancel() => Delete("lock");

    public void Dispose()
    {
        _proxy.Close();
        for (var tries = 0; ; tries++)
        {
            try
            {
                _root.Delete(recursive: true);
                return;
            }
            catch (IOException) when (tries < 100)
            {
                // An update whose gopherctl was killed still writes.
                Thread.Sleep(50);
            }
        }
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private void Command(string name, string script)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(_root.FullName, "bin")).FullName, name);
        File.WriteAllText(path, script.ReplaceLineEndings("\n"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private async Task AnswerAsync()
    {
        try
        {
            while (true)
            {
                var context = await _proxy.GetContextAsync();
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Statistics()));
                context.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    // 4,000 requests a second, and a copy of each at weight 0.
    private string Statistics()
    {
        lock (_counting)
        {
            var requests = 4000 * Stopwatch.GetElapsedTime(_last).TotalSeconds;
            _last = Stopwatch.GetTimestamp();
            if (InForce.Split('/') is [var stable, var canary, var weight])
            {
                var share = int.Parse(weight, CultureInfo.InvariantCulture) / 100.0;
                Count(stable, requests * (1 - share), failing: 0);
                Count(canary, share > 0 ? requests * share : requests, Failing);
            }

            return string.Concat(_counted.Select(version => string.Create(
                CultureInfo.InvariantCulture,
                $$"""
                envoy_cluster_upstream_rq{cluster_name="outbound|80|{{version.Key}}|{{Host}}",response_code_class="2xx"} {{(long)version.Value.Good}}
                envoy_cluster_upstream_rq{cluster_name="outbound|80|{{version.Key}}|{{Host}}",response_code_class="5xx"} {{(long)version.Value.Bad}}
                envoy_cluster_upstream_rq_time_bucket{cluster_name="outbound|80|{{version.Key}}|{{Host}}",le="25"} {{(long)version.Value.Good}}

                """)));
        }
    }

    private void Count(string version, double requests, double failing)
    {
        if (version.Length > 0)
        {
            var (good, bad) = _counted.GetValueOrDefault(version);
            _counted[version] = (good + (requests * (1 - failing)), bad + (requests * failing));
        }
    }
}
