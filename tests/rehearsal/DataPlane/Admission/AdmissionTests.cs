using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.DataPlane.Admission;
using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Reading;

namespace GopherMesh.Tests.Rehearsal.DataPlane.Admission;

/// <summary>What istiod 1.31 and the schemas of its kinds said on a cluster to more than nine hundred objects, recorded once.</summary>
public sealed partial class AdmissionTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<string, Recorded> Rows = JsonSerializer.Deserialize<List<Recorded>>(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "DataPlane/Admission/recorded.json")), Json)!
        .ToDictionary(row => row.Name);

    public static TheoryData<string> Denied => [.. Rows.Values.Where(row => row.Denied).Select(row => row.Name)];

    public static TheoryData<string> Taken => [.. Rows.Values.Where(row => !row.Denied).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Denied))]
    public void What_a_cluster_denies_is_refused_by_name_and_path(string name)
    {
        var manifest = Rows[name].ToManifest();

        var problems = Assert.Throws<UnmodelledFieldException>(() => MeshReader.Read([manifest])).Problems;

        Assert.All(problems, problem => Assert.Equal(manifest.DisplayName, problem.Manifest));
        Assert.All(problems, problem => Assert.NotEmpty(problem.Path));
    }

    /// <summary>For check, which reads no field but those of the rules and the schemas.</summary>
    [Theory]
    [MemberData(nameof(Denied))]
    public void What_a_cluster_denies_is_known_without_reading_the_routes(string name) => Assert.NotEmpty(IstioAdmission.Problems(Rows[name].ToManifest()));

    [Theory]
    [MemberData(nameof(Taken))]
    public void What_a_cluster_takes_is_not_said_to_be_denied(string name) => Assert.Empty(IstioAdmission.Problems(Rows[name].ToManifest()));

    [Theory]
    [InlineData("Deployment", "networking.istio.io/v1")]
    [InlineData("Gateway", "gateway.networking.k8s.io/v1")]
    public void Objects_of_other_kinds_are_left_alone(string kind, string apiVersion) =>
        Assert.Empty(IstioAdmission.Problems(new(apiVersion, kind, "default", "x", [])));

    [Theory]
    [InlineData("VirtualService", """{"hosts":5,"gateways":"x","http":[{"match":{"uri":[1]},"route":"x","retries":[]}]}""")]
    [InlineData("DestinationRule", """{"host":[],"subsets":{"name":1},"trafficPolicy":[{}]}""")]
    [InlineData("Gateway", """{"servers":[{"hosts":{"a":1},"port":[],"tls":"x"},null]}""")]
    public void An_object_of_any_shape_is_refused_and_ends_nothing(string kind, string spec) => Assert.NotEmpty(
        Assert.Throws<UnmodelledFieldException>(() => MeshReader.Read([new Recorded("", kind, "x", JsonNode.Parse(spec)!, true).ToManifest()])).Problems);

    [GeneratedRegex(@"\{(.)\*([0-9]+)\}", RegexOptions.Singleline)]
    private static partial Regex Repeated();

    /// <summary>An object, and whether the cluster denied it; <c>{a*64}</c> in it stands for 64 times a.</summary>
    private sealed record Recorded(string Name, string Kind, string ObjectName, JsonNode Spec, bool Denied)
    {
        public Manifest ToManifest()
        {
            var spec = Repeated().Replace(
                Spec.ToJsonString(Json),
                match => string.Concat(Enumerable.Repeat(match.Groups[1].Value, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))));
            var body = new JsonObject
            {
                ["apiVersion"] = "networking.istio.io/v1",
                ["kind"] = Kind,
                ["metadata"] = new JsonObject { ["name"] = ObjectName, ["namespace"] = "default" },
                ["spec"] = JsonNode.Parse(spec),
            };
            return new("networking.istio.io/v1", Kind, "default", ObjectName, body);
        }
    }
}
