using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using GopherMesh.Gopherctl.Check;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Tests.Rehearsal.Cli;
using GopherMesh.Tests.Rehearsal.Rehearse;
using NJsonSchema;

namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>Where a finding is said to be, and the forms in which it is told.</summary>
[Collection(LiveTests.Name)]
public sealed class ReportTests
{
    private const string Everyone = """apiAllowedCidrs=["0.0.0.0/0"]""";

    [Theory]
    [InlineData("dev", "canaryVersion=v2", "observability=true")]
    [InlineData("local", "canaryVersion=v2", "observability=true")]
    public async Task Every_resource_has_the_line_of_the_program_that_constructs_it(string stack, params string[] settings)
    {
        foreach (var resource in (await Renderings.DeclareAsync(stack, settings)).Resources)
        {
            var place = Assert.IsType<SourceLine>(resource.Source);
            Assert.StartsWith("infra/", place.File, StringComparison.Ordinal);
            var lines = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Find(), place.File));
            Assert.InRange(place.Line, 1, lines.Length);
            Assert.False(string.IsNullOrWhiteSpace(lines[place.Line - 1]), $"{place} is empty");
        }
    }

    [Theory]
    [InlineData("aws:kms/key:Key cluster", "infra/Eks/ControlPlane.cs", "new Key(")]
    [InlineData("kubernetes:security.istio.io/v1:PeerAuthentication default", "infra/Security/MeshSecurity.cs", "return new(")]
    [InlineData("gopher-mesh:mesh:Istio istio", "infra/GopherMeshStack.cs", "new IstioMesh(")]
    public async Task The_line_is_that_of_the_constructors_call(string name, string file, string text)
    {
        var resource = (await Renderings.DeclareAsync("dev")).Resources.Single(resource => $"{resource.Type} {resource.Name}" == name);

        Assert.Equal(file, resource.Source!.File);
        var lines = await File.ReadAllLinesAsync(Path.Combine(RepositoryRoot.Find(), file));
        Assert.Contains(text, string.Concat(lines.Skip(resource.Source.Line - 1).Take(2)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rendering_keeps_the_lines()
    {
        var stack = await Renderings.OfAsync("dev");

        Assert.All(stack.Resources, resource => Assert.NotNull(resource.Source));
    }

    // A stack is checked without the way through files that a folder takes.
    [Theory]
    [InlineData("dev", "canaryVersion=v2", "canaryWeight=10", "observability=true")]
    [InlineData("local", "canaryVersion=v2", "observability=true")]
    public async Task A_stack_is_checked_as_its_rendering_is(string stack, params string[] settings)
    {
        var declaration = await Renderings.DeclareAsync(stack, settings);
        var (direct, read) = (RenderedStack.Of(declaration), Renderings.Render(declaration));

        Assert.Equal(read.Manifests.Select(manifest => manifest.Manifest.DisplayName), direct.Manifests.Select(manifest => manifest.Manifest.DisplayName));
        Assert.All(read.Manifests.Zip(direct.Manifests), both => Assert.True(JsonNode.DeepEquals(both.First.Body, both.Second.Body), both.First.Manifest.DisplayName));
        Assert.All(read.Releases, release => Assert.True(JsonNode.DeepEquals(release.Values, direct.Releases.Single(other => other.Name == release.Name).Values), release.Name));
        Assert.Equal(Policy.Check(read), Policy.Check(direct));
    }

    [Fact]
    public void A_finding_in_others_manifests_has_their_file_and_line()
    {
        var stack = RenderingReader.Read(new Dictionary<string, string>
        {
            ["shop/all.yaml"] = "apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n---\napiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { type: NodePort }\n",
        });

        var finding = CheckReport.Of(stack, [], default).Findings.First(found => found.Rule.Id == "service-target");

        Assert.Equal(new SourceLine("shop/all.yaml", 5), finding.Place);
    }

    [Fact]
    public async Task In_text_and_in_json_a_finding_says_its_line()
    {
        var text = await GopherctlRun.Of("check", "--set", Everyone);
        var json = await GopherctlRun.Of("check", "--output", "json", "--set", Everyone);

        Assert.Matches(@"\n  where: infra/Eks/ControlPlane\.cs:\d+\n", text.Output);
        var first = JsonDocument.Parse(json.Output.Split('\n')[0]).RootElement;
        Assert.Equal("infra/Eks/ControlPlane.cs", first.GetProperty("file").GetString());
        Assert.InRange(first.GetProperty("line").GetInt32(), 1, 1000);
    }

    [Fact]
    public async Task In_sarif_findings_are_results_at_their_lines_and_accepted_ones_are_suppressed()
    {
        var run = await GopherctlRun.Of("check", "--output", "sarif", "--set", Everyone);

        Assert.Equal(ExitCode.NegativeVerdict, run.ExitCode);
        var log = JsonDocument.Parse(run.Output).RootElement.GetProperty("runs")[0];
        var results = log.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal(["public-api", "open-load-balancer"], results.Select(result => result.GetProperty("ruleId").GetString()));
        Assert.All(results, result => Assert.Equal(
            result.GetProperty("ruleId").GetString(),
            log.GetProperty("tool").GetProperty("driver").GetProperty("rules")[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString()));
        var place = results[0].GetProperty("locations")[0].GetProperty("physicalLocation");
        Assert.Equal("infra/Eks/ControlPlane.cs", place.GetProperty("artifactLocation").GetProperty("uri").GetString());
        Assert.False(results[0].TryGetProperty("suppressions", out _));
        Assert.StartsWith("The gateway is", results[1].GetProperty("suppressions")[0].GetProperty("justification").GetString(), StringComparison.Ordinal);
    }

    [SarifSchemaFact]
    public async Task The_published_schema_of_SARIF_takes_it()
    {
        var schema = await JsonSchema.FromFileAsync(SarifSchemaFactAttribute.Path);

        foreach (var settings in (string[][])[[], ["--set", Everyone], ["--stack", "local", "--set", "observability=true"]])
        {
            var run = await GopherctlRun.Of(["check", "--output", "sarif", .. settings]);
            Assert.Empty(schema.Validate(run.Output).Select(error => error.ToString()));
            Assert.Equal(
                JsonNode.Parse(await File.ReadAllTextAsync(SarifSchemaFactAttribute.Path))!["id"]!.GetValue<string>(), JsonNode.Parse(run.Output)!["$schema"]!.GetValue<string>());
        }

        Assert.NotEmpty(schema.Validate("""{"version":"2.1.0"}"""));
    }

    [Fact]
    public async Task In_junit_a_finding_is_a_failure_and_an_accepted_one_is_skipped()
    {
        var run = await GopherctlRun.Of("check", "--output", "junit", "--set", Everyone);

        var suites = XDocument.Parse(run.Output).Root!;
        var failure = Assert.Single(suites.Descendants("failure"));
        Assert.Equal("public-api", (string?)failure.Parent!.Attribute("classname"));
        Assert.Equal("infra/Eks/ControlPlane.cs", (string?)failure.Parent.Attribute("file"));
        Assert.Equal("open-load-balancer", (string?)Assert.Single(suites.Descendants("skipped")).Parent!.Attribute("classname"));
        Assert.Equal(suites.Descendants("testcase").Count(), (int)suites.Attribute("tests")!);
        Assert.Equal((1, 1), ((int)suites.Attribute("failures")!, (int)suites.Attribute("skipped")!));
    }
}

/// <summary>A test that needs the schema that npm has; skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SarifSchemaFactAttribute : FactAttribute
{
    private static readonly string Folder = System.IO.Path.Combine(RepositoryRoot.Find(), "tests", "rehearsal", "Check", "sarif");

    public SarifSchemaFactAttribute() => Skip = File.Exists(Path) ? null : $"npm ci was not run in {Folder}";

    public static string Path { get; } = System.IO.Path.Combine(Folder, "node_modules", "@microsoft", "jest-sarif", "lib", "schemas", "sarif-2.1.0-rtm.5.json");
}
