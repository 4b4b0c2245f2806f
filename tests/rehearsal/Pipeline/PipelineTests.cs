using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Stacks;
using GopherMesh.Infra.Settings;
using GopherMesh.Tests.Rehearsal.Check;

namespace GopherMesh.Tests.Rehearsal.Pipeline;

/// <summary>The files of docs/pipeline, which a reader copies. Run with UPDATE_GOLDEN=1, the policies are written anew.</summary>
public sealed partial class PipelineTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Find(), "docs", "pipeline");

    // Every setting that adds a resource of AWS'.
    private static readonly string[] Everything =
    [
        "canaryVersion=v2", "observability=true", "metricsServer=true", "hostedZoneId=Z0123456789ABCDEFGHIJ", """gatewayHosts=["gophers.example.com"]""",
        $"requesterRoleArn=arn:aws:iam::{RolePolicy.Account}:role/REQUESTER_ROLE", $"distributorRoleArn=arn:aws:iam::{RolePolicy.Account}:role/DISTRIBUTOR_ROLE",
    ];

    // What AWS takes for every resource alone (service authorization reference), besides what looks.
    private static readonly string[] WithoutResource = ["ecr:GetAuthorizationToken"];

    [Theory]
    [InlineData("deploy-policy.json", false)]
    [InlineData("preview-policy.json", true)]
    public async Task A_policy_is_that_of_what_the_dev_stack_declares(string file, bool reads)
    {
        var path = Path.Combine(Folder, file);
        var policy = RolePolicy.For(await Renderings.DeclareAsync("dev", Everything), "ap-southeast-2", reads);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(path, policy);
        }

        Assert.True(await File.ReadAllTextAsync(path) == policy, $"docs/pipeline/{file} is stale; run this test with UPDATE_GOLDEN=1");
    }

    [Fact]
    public async Task Every_type_that_the_dev_stack_declares_with_every_setting_is_covered() =>
        Assert.Empty((await TypesAsync(Everything)).Except(RolePolicy.Covered));

    // What the compiled program constructs or reads, whatever the settings.
    [Fact]
    public async Task No_type_that_the_program_can_declare_is_left_out_of_the_policies()
    {
        var declared = (await TypesAsync(Everything)).Select(ClassOf).ToList();
        var program = ProgramTypes().ToList();

        Assert.Contains("pulumi.aws.ec2.vpc", program);
        Assert.Empty(program.Except(declared));
    }

    // IAM counts no white space (IAM user guide, "reference_iam-quotas").
    [Fact]
    public void A_role_takes_the_policy_whole() => Assert.InRange(
        JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "deploy-policy.json")).Replace("ACCOUNT_ID", RolePolicy.Account, StringComparison.Ordinal))!.ToJsonString().Length, 1, 10_240);

    [Fact]
    public async Task A_path_of_the_roles_is_in_their_names()
    {
        var policy = JsonNode.Parse(RolePolicy.For(await Renderings.DeclareAsync("dev", "rolePath=/team/"), "ap-southeast-2", reads: false));

        Assert.All(["IamRole", "AttachPolicies", "PassRoles"], id => Assert.Equal(
            ["arn:aws:iam::ACCOUNT_ID:role/cluster-*", "arn:aws:iam::ACCOUNT_ID:role/team/cluster-*"],
            policy.Items("Statement").Single(statement => statement.Text("Sid") == id).Texts("Resource")));
    }

    [Theory]
    [InlineData("deploy-policy.json")]
    [InlineData("preview-policy.json")]
    public void Nothing_is_allowed_by_a_wildcard_that_could_be_narrower(string file)
    {
        foreach (var statement in Statements(file))
        {
            var actions = statement.Texts("Action").ToList();
            Assert.NotEmpty(actions);
            Assert.DoesNotContain(actions, action => action.Contains('*', StringComparison.Ordinal));
            if (statement.Texts("Resource").Contains("*") && statement.At("Condition") is null)
            {
                Assert.All(actions, action => Assert.True(RolePolicy.Reads(action) || WithoutResource.Contains(action), action));
            }
        }
    }

    [Fact]
    public void A_preview_may_change_nothing() => Assert.All(
        Statements("preview-policy.json").SelectMany(statement => statement.Texts("Action")), action => Assert.True(RolePolicy.Reads(action) || action is "kms:Decrypt", action));

    [Theory]
    [InlineData("trust-policy.json")]
    public void A_role_is_assumed_by_one_environment_of_one_repository(string file)
    {
        var statement = Assert.Single(Statements(file));
        var names = (statement.At("Condition.StringEquals") as JsonObject)!;

        Assert.Equal("sts.amazonaws.com", names["token.actions.githubusercontent.com:aud"].AsText());
        Assert.Matches(@"\Arepo:OWNER/REPOSITORY:environment:[a-z-]+\z", names["token.actions.githubusercontent.com:sub"].AsText());
    }

    [Fact]
    public void The_workflow_calls_gopherctl_with_a_command_line_that_it_takes()
    {
        var lines = Steps("").Select(step => step.Text("run")).OfType<string>()
            .SelectMany(run => GopherctlLine().Matches(run)).Select(match => match.Groups["arguments"].Value.Replace("\"$VERSION\"", "v2", StringComparison.Ordinal)).ToList();

        Assert.Equal(["check", "drift", "rollout", "rollout"], lines.Select(line => line.Split(' ')[0]).Order(StringComparer.Ordinal));
        Assert.All(lines, line => Assert.Empty(EntryPoint.Root(Terminal.Of(TextWriter.Null, TextWriter.Null)).Parse(line).Errors));
        Assert.All(["pulumi preview --stack dev", "pulumi up --stack dev --yes"], line => Assert.Contains(Steps(""), step => step.Text("run")?.StartsWith(line, StringComparison.Ordinal) == true));
    }

    // A job that waited for another update must not deploy the commit that it was started for: it would take back what the other committed.
    [Fact]
    public void What_changes_the_stack_takes_main_as_it_is_when_its_turn_comes()
    {
        var jobs = Jobs().Where(job => job.Value.Text("concurrency") is not null).ToList();

        Assert.Equal(["canary", "deploy", "promote"], jobs.Select(job => job.Key).Order(StringComparer.Ordinal));
        Assert.All(jobs, job => Assert.Equal("stack-dev", job.Value.Text("concurrency")));
        Assert.All(jobs, job => Assert.Equal("main", job.Value.Items("steps").First(step => step.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true).Text("with.ref")));
    }

    [Theory]
    [InlineData("canary")]
    [InlineData("promote")]
    public async Task The_weight_is_committed_though_main_has_moved(string job)
    {
        using var folder = new TempFolder();
        var keep = Steps(job).Single(step => step.Text("name")?.StartsWith("Keep the state", StringComparison.Ordinal) == true);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "keep"), keep.Text("run"));

        var output = await BashAsync(folder.Path, """
            export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 VERSION=v2
            as=(-c user.name=a -c user.email=a@example.com)
            git init --quiet --bare --initial-branch main origin.git
            git init --quiet --initial-branch main other && cd other
            echo 'weight: 0' > Pulumi.dev.yaml && git add . && git "${as[@]}" commit --quiet -m before && git push --quiet ../origin.git main
            cd .. && git clone --quiet --depth 1 "file://$PWD/origin.git" job && cd job
            echo 'weight: 10' > Pulumi.dev.yaml
            (cd ../other && echo more > more && git add . && git "${as[@]}" commit --quiet -m merged && git push --quiet ../origin.git main)
            bash -e ../keep >../log 2>&1 || cat ../log
            git --git-dir ../origin.git log --format=%s main
            git --git-dir ../origin.git show main:Pulumi.dev.yaml
            """);

        Assert.Equal("always()", keep.Text("if"));
        Assert.Equal("Rollout of v2\nmerged\nbefore\nweight: 10\n", output);
    }

    [OtherLinterFact("actionlint")]
    public async Task Actionlint_finds_nothing_in_the_workflow()
    {
        using var process = Process.Start(new ProcessStartInfo("actionlint", ["-no-color", Path.Combine(Folder, "workflow.yaml")]) { RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((0, ""), (process.ExitCode, output));
    }

    private static async Task<IEnumerable<string>> TypesAsync(params string[] settings) =>
        (await Renderings.DeclareAsync("dev", settings)).Resources.Select(resource => resource.Type).Distinct().Where(type => !RolePolicy.NeedsNoGrant(type));

    // aws:ec2/vpc:Vpc is Pulumi.Aws.Ec2.Vpc, and eks:index:Cluster Pulumi.Eks.Cluster.
    private static string ClassOf(string type) => type.Split(':') is [var package, var module, var name]
        ? (package == "pulumi" ? $"pulumi.{name}.provider" : $"pulumi.{package}.{module.Split('/')[0]}.{name}").Replace(".index.", ".", StringComparison.Ordinal).ToLowerInvariant()
        : throw new FormatException(type);

    private static IEnumerable<string> ProgramTypes()
    {
        var program = typeof(StackSettings).Assembly;
        using var file = new PEReader(File.OpenRead(program.Location));
        var metadata = file.GetMetadataReader();
        var used = metadata.MemberReferences.Select(metadata.GetMemberReference)
            .Where(member => member.Parent.Kind == HandleKind.TypeReference && metadata.GetString(member.Name) is ".ctor" or "Get")
            .Select(member => metadata.GetTypeReference((TypeReferenceHandle)member.Parent))
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}").ToHashSet();
        return program.GetReferencedAssemblies().Where(name => name.Name!.StartsWith("Pulumi", StringComparison.Ordinal)).Select(Assembly.Load)
            .SelectMany(package => package.GetExportedTypes()).Where(type => type.IsSubclassOf(typeof(Pulumi.Resource)) && used.Contains(type.FullName!))
            .Select(type => type.FullName!.ToLowerInvariant())
            .Where(name => !name.StartsWith("pulumi.kubernetes.", StringComparison.Ordinal) && name.Split('.').Length > 2);
    }

    private static JsonObject Jobs()
    {
        var file = YamlFile.Read(Path.Combine(Folder, "workflow.yaml"));
        return file.ToJson(file.Root)!["jobs"]!.AsObject();
    }

    // Those of one job, or of all.
    private static IEnumerable<JsonNode> Steps(string job) => Jobs().Where(found => job is "" || found.Key == job).SelectMany(found => found.Value.Items("steps"));

    private static async Task<string> BashAsync(string folder, string script)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-ec", script]) { WorkingDirectory = folder, RedirectStandardOutput = true })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    private static IEnumerable<JsonNode> Statements(string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, file))).Items("Statement");

    [GeneratedRegex("(?:^|[ \n])\\./gopherctl (?<arguments>[^>&|\n]*[^>&|\n ])")]
    private static partial Regex GopherctlLine();
}

/// <summary>A test that needs a linter of others on PATH; skipped, with the reason, without it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OtherLinterFactAttribute : FactAttribute
{
    public OtherLinterFactAttribute(string program) => Skip = new OtherLinterTheoryAttribute(program).Skip;
}
