using GopherMesh.Tests.Unit.Images;

namespace GopherMesh.Tests.Unit.Eks;

/// <summary>infra/Eks/control-plane-logs.sh, as <c>pulumi up</c> and <c>pulumi destroy</c> run it.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ControlPlaneLogsTests : IDisposable
{
    private const string All = "api,audit,authenticator,controllerManager,scheduler";

    private readonly FakeTools _tools = new();

    public ControlPlaneLogsTests()
    {
        // The types that are on, and how often the cluster is still seen to be changed.
        File.WriteAllText(_tools.PathOf("types"), All);
        _tools.Write("sleep", "echo >>slept");
        _tools.Write("aws", $$"""
            echo "${AWS_ACCESS_KEY_ID:-none} aws $*" >>calls
            case "$*" in
              *assume-role*) printf 'KEY\tSECRET\tSESSION\n' ;;
              *update-cluster-config*)
                [[ ! -f refused ]] || { echo "(AccessDeniedException) not authorized" >&2; exit 254; }
                case "$*" in *'"enabled":false'*) : >types ;; *) echo {{All}} >types ;; esac
                echo 2 >updating; echo update-1 ;;
              *cluster.status*)
                left=$(cat updating 2>/dev/null || echo 0)
                if ((left)); then echo $((left - 1)) >updating; echo UPDATING; else echo ACTIVE; fi ;;
              *describe-cluster*) [[ -f types ]] || { echo "(ResourceNotFoundException) No cluster found" >&2; exit 254; }; cat types ;;
              *) exit 99 ;;
            esac
            """);
    }

    private IEnumerable<string> Updates => _tools.Calls.Where(call => call.Contains("update-cluster-config", StringComparison.Ordinal));

    public void Dispose() => _tools.Dispose();

    [Fact]
    public void Switches_all_logs_off_and_waits_until_the_cluster_can_be_deleted()
    {
        Assert.Equal((0, ""), Run("off"));

        var update = Assert.Single(Updates);
        Assert.Contains("--name gopher-mesh-dev ", update, StringComparison.Ordinal);
        Assert.Contains("""{"clusterLogging":[{"types":["api","audit","authenticator","controllerManager","scheduler"],"enabled":false}]}""", update, StringComparison.Ordinal);
        Assert.Equal(2, File.ReadAllLines(_tools.PathOf("slept")).Length);
        Assert.Contains("cluster.status", _tools.Calls[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("on", All)]
    [InlineData("off", "")]
    public void Changes_nothing_where_the_logs_are_so(string wanted, string types)
    {
        File.WriteAllText(_tools.PathOf("types"), types);
        Assert.Equal((0, ""), Run(wanted));
        Assert.Empty(Updates);
    }

    [Theory]
    [InlineData("")]
    [InlineData("api,audit")]
    public void Switches_on_what_an_interrupted_destroy_has_switched_off(string types)
    {
        File.WriteAllText(_tools.PathOf("types"), types);
        Assert.Equal((0, ""), Run("on"));
        Assert.Contains("\"enabled\":true", Assert.Single(Updates), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_destroy_goes_on_where_the_cluster_is_gone_or_the_right_is_missing(bool isGone)
    {
        File.Move(_tools.PathOf("types"), _tools.PathOf(isGone ? "gone" : "types"));
        File.WriteAllText(_tools.PathOf("refused"), "");

        var (exitCode, error) = Run("off");

        Assert.Equal(0, exitCode);
        Assert.Contains(isGone ? "No cluster found" : "not authorized", error, StringComparison.Ordinal);
        Assert.Contains("the log group /aws/eks/gopher-mesh-dev/cluster may be there again after the destroy", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_says_that_it_could_not_switch_the_logs_on()
    {
        File.WriteAllText(_tools.PathOf("types"), "");
        File.WriteAllText(_tools.PathOf("refused"), "");
        Assert.NotEqual(0, Run("on").ExitCode);
    }

    [Fact]
    public void Calls_AWS_with_the_role_that_it_assumes_with_the_profile()
    {
        Assert.Equal((0, ""), Run("off", ("PROFILE", "team"), ("ROLE", "arn:aws:iam::123456789012:role/deployer"), ("ROLE_SESSION", "ci"), ("AWS_ACCESS_KEY_ID", "OWN")));

        Assert.StartsWith("OWN aws sts assume-role --role-arn arn:aws:iam::123456789012:role/deployer --role-session-name ci", _tools.Calls[0], StringComparison.Ordinal);
        Assert.EndsWith("--profile team", _tools.Calls[0], StringComparison.Ordinal);
        Assert.All(_tools.Calls.Skip(1), call => Assert.True(call.StartsWith("KEY aws eks", StringComparison.Ordinal) && !call.Contains("--profile", StringComparison.Ordinal), call));
    }

    private (int ExitCode, string Error) Run(string wanted, params (string Name, string Value)[] changes)
    {
        var (exitCode, _, error) = _tools.Run(
            "control-plane-logs.sh", [wanted], [("CLUSTER", "gopher-mesh-dev"), ("TYPES", All), ("AWS_REGION", "ap-southeast-2"), .. changes]);
        return (exitCode, error);
    }
}
