using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Gopherctl.Rollout;
using GopherMesh.Tests.Rehearsal.Cli;
using GopherMesh.Tests.Rehearsal.Rehearse;

namespace GopherMesh.Tests.Rehearsal.Rollout;

/// <summary>
/// A deployed stack without an engine and a cluster: commands <c>pulumi</c> and <c>kubectl</c> on the PATH of a gopherctl process, which keep
/// configuration, lock, history and the weight in force in files, and a proxy's statistics that follow that weight.
/// </summary>
/// <remarks>
/// As the real commands do, <c>up --config</c> writes the configuration before it asks for the lock, a killed update leaves its lock and no
/// line in the history, an interrupted one gives the lock back, a preview of a refresh asks for no lock, and what is no project, stack, option, setting or object is refused. The files
/// <c>failsEarly</c>, <c>failsLate</c>, <c>cancelled</c> and <c>conflict</c> make one update fail before or after it has changed the routes, <c>hangs</c> lets
/// updates wait after that, <c>lingers</c> those that give the canary requests until the routes are patched; <c>handEdited</c> is a route that kubectl has patched, as a refresh shows it, <c>added</c> one that somebody has made beside it, <c>unrefreshed</c> lets the refresh fail;
/// <c>unreachable</c> and <c>proxiesGone</c> take away the cluster and the pods' tunnels; <c>kubectlEdited</c> is
/// another owner of the routes; <c>prometheus</c> has the port of the stack's Prometheus; <c>ready</c> the number of ready pods of each version, none at first.
/// </remarks>
internal sealed class FakeStack : IDisposable
{
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";

    private const string Pulumi = """
        #!/usr/bin/env bash
        shopt -s extglob
        refuse() { echo "error: $1" >&2; exit 255; }
        [[ -f Pulumi.yaml ]] || refuse "no Pulumi.yaml project file found (searching upwards from $PWD)"
        project=$PWD/Pulumi.yaml file=$(sed -n 's/^stackConfigDir: //p' Pulumi.yaml)/Pulumi.$FAKE_STACK.yaml
        file=$(readlink -f "$file") program=$(sed -n 's/^ *binary: //p' Pulumi.yaml)
        value() { sed -n "s/^  gopher-mesh:$1: \"\(.*\)\"$/\1/p" "$file"; }
        set_value() {
          [[ $1 == +([A-Za-z])=* ]] || refuse "invalid configuration '$1': expected key=value"
          { grep -v "^  gopher-mesh:${1%%=*}:" "$file"; echo "  gopher-mesh:${1%%=*}: \"${1#*=}\""; } >"$file.$$"; mv "$file.$$" "$file"
        }
        record() {
          printf '{"startTime":"%s","message":"%s","result":"%s","version":%d,"config":{"gopher-mesh:stableVersion":{"value":"%s"},"gopher-mesh:canaryVersion":{"value":"%s"},"gopher-mesh:canaryWeight":{"value":"%s"},"gopher-mesh:requesterImage":{"value":"%s"},"gopher-mesh:versions":{"value":"%s"}}}\n' \
            "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$message" "$1" "$(($(wc -l <history) + 1))" "$(value stableVersion)" "$(value canaryVersion)" "$(value canaryWeight)" "$(value requesterImage)" \
            "$(sed -n 's/^  gopher-mesh:versions: {\(.*\)}$/{\1}/p' "$file" | sed 's/: /:/g; s/"/\\"/g')" >>history
        }
        fail() { record failed; rm -f lock failsEarly failsLate cancelled conflict; echo "Diagnostics:"; echo "  $1"; echo "    error: update failed"; exit 255; }
        apply() { echo "$(value stableVersion)/$(value canaryVersion)/$(value canaryWeight)" >inForce.$$; mv inForce.$$ inForce; }
        # Options of every command, and those of up; the rest stays.
        message= changes=() rest=() preview=
        while [[ $# -gt 0 ]]; do
          case $1 in
            --stack) [[ $2 == "$FAKE_STACK" ]] || refuse "no stack named '$2' found"; shift ;;
            --message) message=$2; shift ;;
            --config) changes+=("$2"); shift ;;
            --preview-only) preview=yes ;;
            --yes | --skip-preview | --non-interactive | --json | --show-secrets | --plaintext) ;;
            --color | --page | --page-size) shift ;;
            -*) refuse "unknown flag: $1" ;;
            *) rest+=("$1") ;;
          esac; shift
        done
        cd "$FAKE"
        echo "${rest[*]}" >>asked
        case "${rest[*]}" in
          "stack history") tac history | head -1 | sed 's/^/[/; s/$/]/' | grep . || echo '[]' ;;
          "stack output") [[ -f kubeconfig ]] && { echo "{\"kubeconfig\":\"$(sed 's/"/\\"/g' kubeconfig)\"}"; exit; }
            [[ -f prometheus ]] && echo '{"observability":{"prometheus":"kubectl --context fake --namespace observability port-forward service/prometheus 9090:9090"}}' || echo '{}' ;;
          "config set-all "*) for change in "${rest[@]:2}"; do set_value "$change"; done ;;
          refresh)
            [[ $preview ]] || refuse "the fake refreshes nothing"
            [[ -f unrefreshed ]] && refuse "configured Kubernetes cluster is unreachable: unable to load schema information from the API server"
            urn='urn:pulumi:dev::gopher-mesh::gopher-mesh:gophers:MeshService$kubernetes:networking.istio.io/v1:VirtualService::gopher-distributor'
            object='"type":"kubernetes:networking.istio.io/v1:VirtualService","inputs":{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"gopher-distributor","namespace":"gophers"},"spec":{"http":[{"timeout"'
            managed='"outputs":{"metadata":{"managedFields":[{"manager":"kubectl-patch","operation":"Update","time":"2026-11-29T08:21:30Z","fieldsV1":{"f:spec":{"f:http":{}}}}]}}'
            if [[ -f handEdited ]]; then
              echo "{\"steps\":[{\"op\":\"update\",\"urn\":\"$urn\",\"oldState\":{$object:\"4s\"}]}}},\"newState\":{$object:\"99s\"}]}},$managed},\"detailedDiff\":{\"spec.http[0].timeout\":{\"kind\":\"update\",\"inputDiff\":false}}}],\"changeSummary\":{\"same\":1,\"update\":1}}"
            else
              echo "{\"steps\":[{\"op\":\"refresh\",\"urn\":\"$urn\",\"oldState\":{$object:\"4s\"}]}}},\"detailedDiff\":null}],\"changeSummary\":{\"same\":2}}"
            fi ;;
          up)
            [[ $preview ]] && refuse "unknown flag: --preview-only"
            for change in "${changes[@]}"; do set_value "$change"; done
            if ! (set -o noclobber; echo $$ >lock) 2>/dev/null; then
              refuse "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`."
            fi
            trap 'record failed; rm -f lock; echo "error: update cancelled" >&2; exit 1' INT
            echo "$message" >>begun
            sleep 0.2
            [[ -f $program ]] || fail "error: unable to run the program: $program does not exist"
            for key in $(sed -n 's/^  gopher-mesh:\([A-Za-z]*\):.*/\1/p' "$file"); do
              grep -q "^  $key:" "$project" || fail "error: gopher-mesh:$key: found $(value "$key"); it is not a setting of this stack"
            done
            [[ -f failsEarly ]] && fail 'error: the program ended with exit code 1'
            [[ -f conflict ]] && fail 'error: Server-Side Apply field conflict detected: Apply failed with 1 conflict: conflict with "rollouts-controller" using networking.istio.io/v1: .spec.http'
            apply; sleep 0.2
            [[ -f lingers && $(value canaryWeight) != 0 ]] && for _ in {1..200}; do [[ -f patched ]] && break; sleep 0.05; done
            [[ -f failsLate ]] && fail 'error: resource gopher-requester: timed out waiting for the Deployment'
            [[ -f cancelled ]] && fail 'error: update canceled'
            while [[ -f hangs ]]; do sleep 0.05; done
            record succeeded; rm -f lock ;;
          *) refuse "unknown command \"${rest[*]}\" for \"pulumi\"" ;;
        esac
        """;

    private const string Kubectl = """
        #!/usr/bin/env bash
        cd "$FAKE"
        if [[ $1 == --context=* ]]; then
          [[ $1 == --context=fake ]] || { echo "error: context \"$1\" does not exist" >&2; exit 1; }
          shift
        else
          # A kubeconfig has a token, or the command that gives one at each call.
          token=$(sed -n 's/.*"token":"\([^"]*\)".*/\1/p' "$KUBECONFIG")
          [[ $token ]] || token=$(KUBERNETES_EXEC_INFO={} aws eks get-token --cluster-name fake | sed -n 's/.*"token":"\([^"]*\)".*/\1/p')
          [[ $token == fake-token ]] || { echo "error: You must be logged in to the server (Unauthorized)" >&2; exit 1; }
        fi
        echo "$*" >>calls
        [[ -f unreachable ]] && { echo "Unable to connect to the server" >&2; exit 1; }
        parent() { if [[ -r /proc/$$/stat ]]; then read -r _ _ _ parent _ </proc/$$/stat; else parent=$(ps -o ppid= -p $$ | tr -d ' '); fi; }
        forward() {
          echo "Forwarding from 127.0.0.1:$1 -> $2"
          while parent; [[ -d $FAKE && $parent == "$PPID" && ! -f unreachable && ! ( $2 == 15090 && -f proxiesGone ) ]]; do sleep 0.2; done
        }
        IFS=/ read -r stable canary weight <inForce
        case "$*" in
          "--namespace gophers get pods --field-selector status.phase=Running --output json")
            stuck=; [[ -f stuckPod ]] && stuck=',{"metadata":{"name":"gopher-requester-2","annotations":{"proxy.istio.io/config":"{}"}}}'
            echo '{"items":[{"metadata":{"name":"gopher-requester-1","annotations":{"proxy.istio.io/config":"{}"}}},{"metadata":{"name":"gopher-distributor-v1-1"}}'"$stuck]}" ;;
          "--namespace gophers port-forward pod/gopher-requester-2 :15090 "*) while parent; [[ -d $FAKE && $parent == "$PPID" ]]; do touch stuck; sleep 0.1; done ;;
          "--namespace gophers port-forward pod/gopher-requester-1 :15090 "*) [[ -f proxiesGone ]] && { echo "error: unable to forward port because pod is not running" >&2; exit 1; }; forward "$FAKE_PORT" 15090 ;;
          "--namespace observability port-forward service/prometheus :9090 "*) [[ -f prometheus ]] || { echo 'Error from server (NotFound): services "prometheus" not found' >&2; exit 1; }; forward "$(<prometheus)" 9090 ;;
          "--namespace gophers get virtualservices.networking.istio.io --output json --show-managed-fields")
            other=; [[ $canary ]] && other=",{\"destination\":{\"host\":\"gopher-distributor.gophers.svc.cluster.local\",\"subset\":\"$canary\"},\"weight\":$weight}"
            edited=; [[ -f kubectlEdited ]] && edited=',{"manager":"kubectl-patch","operation":"Update","fieldsV1":{"f:spec":{"f:http":{}}}}'
            requester='{"metadata":{"name":"gopher-requester"},"spec":{"http":[{"route":[{"destination":{"host":"r"}}]}]}}'
            echo "{\"items\":[$requester,{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"VirtualService\",\"metadata\":{\"name\":\"gopher-distributor\",\"namespace\":\"gophers\",\"managedFields\":[{\"manager\":\"pulumi-kubernetes-1\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:spec\":{}}}$edited]},\"spec\":{\"http\":[{\"route\":[{\"destination\":{\"host\":\"gopher-distributor.gophers.svc.cluster.local\",\"subset\":\"$stable\"},\"weight\":$((100 - weight))}$other]}]}}]}" ;;
          "get --filename - --ignore-not-found --output json --show-managed-fields")
            grep -q '"kind":"VirtualService","metadata":{"name":"gopher-distributor","namespace":"gophers"}' || { echo "error: no objects passed to get" >&2; exit 1; }
            echo '{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"gopher-distributor","namespace":"gophers","managedFields":[{"manager":"pulumi-kubernetes-1","operation":"Apply","fieldsV1":{"f:spec":{"f:http":{}}}}]},"spec":{"http":[{"timeout":"4s"}]}}' ;;
          "get istio-io,networkpolicies.networking.k8s.io --all-namespaces --output json --show-managed-fields")
            [[ -f added ]] && rogue='{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"rogue","namespace":"gophers"},"spec":{"hosts":["gopher-distributor"]}}'
            echo "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[$rogue]}" ;;
          "--namespace gophers apply --server-side --validate=false --field-manager=pulumi-kubernetes-1 --filename -")
            given=$(grep -o "\"subset\":\"$canary\"},\"weight\":[0-9]*" | grep -o '[0-9]*$')
            echo "$given" >>patched
            echo "$stable/$canary/$given" >inForce.$$; mv inForce.$$ inForce ;;
          "--namespace gophers get deployments.apps gopher-distributor-"*" --output json")
            [[ $5 == gopher-distributor-$stable || $5 == gopher-distributor-${canary:-none} ]] || { echo "Error from server (NotFound): deployments.apps \"$5\" not found" >&2; exit 1; }
            status=; [[ -s ready ]] && status="\"replicas\":$(<ready),\"readyReplicas\":$(<ready)"
            echo "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"$5\",\"namespace\":\"gophers\"},\"status\":{$status}}" ;;
          *) echo "error: the fake kubectl does not know: $*" >&2; exit 1 ;;
        esac
        """;

    // A token is valid for a quarter of an hour, as on EKS.
    private const string Aws = """
        #!/usr/bin/env bash
        [[ $* == "eks get-token --cluster-name fake" && $KUBERNETES_EXEC_INFO ]] || { echo "aws: error: argument operation: Invalid choice" >&2; exit 252; }
        echo "$*" >>"$FAKE/tokens"
        echo "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"spec\":{},\"status\":{\"expirationTimestamp\":\"$(date -u -d '+14 minutes' +%Y-%m-%dT%H:%M:%SZ)\",\"token\":\"fake-token\"}}"
        """;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("fake-stack");
    private readonly string _name = $"fake{Guid.NewGuid():N}";
    private readonly HttpListener _proxy;
    private readonly Lock _counting = new();
    private readonly Dictionary<string, (double Good, double Bad)> _counted = [];
    private readonly int _port;
    private bool _hasOwnPath;
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
        Command("aws", Aws);
        (_proxy, _port) = Listen();
        _ = AnswerAsync();
    }

    /// <summary>The gopherctl that is started.</summary>
    public string Gopherctl { get; init; } = Path.ChangeExtension(typeof(EntryPoint).Assembly.Location, "dll");

    /// <summary>Where its output goes, as a shell redirects it; empty: to the test.</summary>
    public string Redirection { get; init; } = "";

    /// <summary>The share of the canary's requests that fail, 0 to 1.</summary>
    public double Failing { get; set; }

    /// <summary>From which weight in force on they do; copies are at 0.</summary>
    public int FailingFrom { get; init; }

    /// <summary>The stage in whose time they begin to, once it is deployed; empty: at once.</summary>
    public string FailingSince { get; init; } = "";

    /// <summary>Where a Prometheus scrapes what the proxies report to it.</summary>
    public string MetricsAddress => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port}");

    /// <summary>Version, canary and weight: what the configuration says.</summary>
    public StackState Configured => StackState.Of(EffectiveConfig.Read(_root.FullName, _name, []));

    /// <summary>The same on the cluster, as STABLE/CANARY/WEIGHT.</summary>
    public string InForce => Read("inForce").Trim();

    private string State => Path.Combine(_root.FullName, "state");

    private string StackFile => Path.Combine(_root.FullName, $"Pulumi.{_name}.yaml");

    public bool Has(string file) => File.Exists(Path.Combine(State, file));

    public string Read(string file) => Has(file) ? File.ReadAllText(Path.Combine(State, file)) : "";

    /// <summary>Writes a file in one step, since a command may read it.</summary>
    public void Write(string file, string text) => Replace(Path.Combine(State, file), text);

    public void Delete(string file) => File.Delete(Path.Combine(State, file));

    /// <summary>Sets values of the stack's configuration.</summary>
    public async Task ConfigureAsync(params string[] values)
    {
        foreach (var value in values)
        {
            var key = value.Split('=')[0];
            var lines = (await File.ReadAllLinesAsync(StackFile)).Where(line => !line.StartsWith($"  gopher-mesh:{key}:", StringComparison.Ordinal));
            Replace(StackFile, string.Concat(lines.Append($"  gopher-mesh:{key}: \"{value[(key.Length + 1)..]}\"").Select(line => $"{line}\n")));
        }
    }

    /// <summary>Starts gopherctl with the stack's option added.</summary>
    public Process Start(params string[] arguments)
    {
        string[] interruptible = GopherctlProcess.IgnoresInterrupts ? ["--default-signal=INT"] : [];
        var start = new ProcessStartInfo("env", [.. interruptible, "bash", "-c", $"exec \"$0\" \"$@\"{Redirection}", "dotnet", Gopherctl, .. arguments, "--stack", _name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GOPHER_MESH_ROOT"] = _root.FullName;
        start.Environment["PATH"] = $"{Path.Combine(_root.FullName, "bin")}{(_hasOwnPath ? "" : $":{Environment.GetEnvironmentVariable("PATH")}")}";
        start.Environment["FAKE"] = State;
        start.Environment["FAKE_STACK"] = _name;
        start.Environment["FAKE_PORT"] = _port.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Makes it a stack that has made its cluster, whose kubeconfig gets its tokens from the aws command.</summary>
    public async Task OnEksAsync()
    {
        Write("kubeconfig", """{"users":[{"name":"aws","user":{"exec":{"apiVersion":"client.authentication.k8s.io/v1beta1","command":"aws","args":["eks","get-token","--cluster-name","fake"],"env":null}}}]}""");
        await File.WriteAllLinesAsync(StackFile, (await File.ReadAllLinesAsync(StackFile)).Where(line => !line.Contains("kubeContext", StringComparison.Ordinal)).Select(line => line.Replace("gopher-mesh:clusterKind: \"existing\"", "aws:region: \"us-east-1\"", StringComparison.Ordinal)));
    }

    /// <summary>Takes a command away, whatever this machine has.</summary>
    public void Lose(string command)
    {
        OwnPath();
        File.Delete(Path.Combine(_root.FullName, "bin", command));
    }

    /// <summary>Leaves gopherctl the commands of this stack, and what these need.</summary>
    public void OwnPath()
    {
        _hasOwnPath = true;
        var folders = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator);
        foreach (var tool in (string[])["bash", "cat", "date", "dotnet", "env", "grep", "head", "mv", "ps", "readlink", "rm", "sed", "sleep", "tac", "tr", "wc"])
        {
            var link = Path.Combine(_root.FullName, "bin", tool);
            if (!File.Exists(link) && Array.Find(folders, folder => File.Exists(Path.Combine(folder, tool))) is { } folder)
            {
                File.CreateSymbolicLink(link, Path.Combine(folder, tool));
            }
        }
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
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"gopherctl does not end:\n{await output}\n{await error}");
        }

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

    private static void Replace(string path, string text)
    {
        File.WriteAllText($"{path}.new", text);
        File.Move($"{path}.new", path, overwrite: true);
    }

    // Another test may take a free port before it is listened on.
    private static (HttpListener Listener, int Port) Listen()
    {
        for (; ; )
        {
            var (listener, port) = (new HttpListener(), FreePort());
            try
            {
                listener.Prefixes.Add($"http://127.0.0.1:{port}/");
                listener.Start();
                return (listener, port);
            }
            catch (HttpListenerException taken) when (taken.Message.Contains("in use", StringComparison.Ordinal))
            {
                listener.Close();
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
        while (_proxy.IsListening)
        {
            try
            {
                var context = await _proxy.GetContextAsync();
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(Statistics(context.Request.Url!.AbsolutePath == "/metrics")));
                context.Response.Close();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                // Disposed, or who asked was killed.
            }
        }
    }

    // 4,000 requests a second, and a copy of each at weight 0.
    private string Statistics(bool isPrometheus)
    {
        lock (_counting)
        {
            var requests = 4000 * Stopwatch.GetElapsedTime(_last).TotalSeconds;
            _last = Stopwatch.GetTimestamp();
            if (InForce.Split('/') is [var stable, var canary, var weight])
            {
                var share = int.Parse(weight, CultureInfo.InvariantCulture) / 100.0;
                Count(stable, requests * (1 - share), failing: 0);
                var isBad = share * 100 >= FailingFrom && Read("history").Contains(FailingSince, StringComparison.Ordinal);
                Count(canary, share > 0 ? requests * share : requests, isBad ? Failing : 0);
            }

            return string.Concat(_counted.Select(version => isPrometheus ? OfIstio(version.Key, version.Value) : OfEnvoy(version.Key, version.Value)));
        }
    }

    private static string OfEnvoy(string version, (double Good, double Bad) counted)
    {
        var cluster = $"cluster_name=\"outbound|80|{version}|{Host}\"";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            envoy_cluster_upstream_rq{{{cluster}},response_code_class="2xx"} {{(long)counted.Good}}
            envoy_cluster_upstream_rq{{{cluster}},response_code_class="5xx"} {{(long)counted.Bad}}
            {{Buckets("envoy_cluster_upstream_rq_time_bucket", cluster, counted)}}

            """);
    }

    private static string OfIstio(string version, (double Good, double Bad) counted) => string.Concat(((string[])["source", "destination"]).Select(reporter =>
    {
        var labels = $"reporter=\"{reporter}\",destination_service_name=\"gopher-distributor\",destination_service_namespace=\"gophers\",destination_version=\"{version}\"";
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            istio_requests_total{{{labels}},response_code="200"} {{(long)counted.Good}}
            istio_requests_total{{{labels}},response_code="503"} {{(long)counted.Bad}}
            {{Buckets("istio_request_duration_milliseconds_bucket", labels, counted)}}

            """);
    }));

    // Every answer in 20 ms, in every bucket that Envoy has by default.
    private static string Buckets(string metric, string labels, (double Good, double Bad) counted) => string.Join('\n', ((string[])["0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000", "30000", "+Inf"])
        .Select((bound, index) => string.Create(CultureInfo.InvariantCulture, $"{metric}{{{labels},le=\"{bound}\"}} {(index < 4 ? 0 : (long)counted.Good + (long)counted.Bad)}")));

    private void Count(string version, double requests, double failing)
    {
        if (version.Length > 0)
        {
            var (good, bad) = _counted.GetValueOrDefault(version);
            _counted[version] = (good + (requests * (1 - failing)), bad + (requests * failing));
        }
    }
}
