namespace GopherMesh.Tests.Unit.Eks;

/// <summary>Where the dev stack keeps images, which it builds, and which run.</summary>
public class ImageTests(DevStackFixture fixture) : IClassFixture<DevStackFixture>
{
    private const string Registry = "123456789012.dkr.ecr.ap-southeast-2.amazonaws.com";
    private const string Repository = "aws:ecr/repository:Repository";
    private const string Command = "command:local:Command";

    private readonly DevStack _stack = fixture.Stack;

    [Fact]
    public void Keeps_the_images_of_each_service_in_a_repository_of_its_own()
    {
        string[] services = ["gopher-distributor", "gopher-requester"];
        Assert.Equal(services, _stack.OfType(Repository).Select(repository => repository.Name).Order());
        Assert.Equal(services, _stack.OfType("aws:ecr/lifecyclePolicy:LifecyclePolicy").Select(policy => policy.Name).Order());
        Assert.All(_stack.OfType(Repository), repository => Assert.Equal("IMMUTABLE_WITH_EXCLUSION", (string)repository.Inputs["imageTagMutability"]!));
    }

    [Fact]
    public async Task Builds_no_image_that_the_settings_name_and_keeps_the_repositories()
    {
        var stack = await DevStack.DeclareAsync(
            """versions={"v1":"docker.io/library/gopher-distributor:1.0"}""", "requesterImage=docker.io/library/gopher-requester:1.0");

        Assert.DoesNotContain(stack.OfType(Command), command => command.Name.EndsWith("-image", StringComparison.Ordinal));
        Assert.Equal(2, stack.OfType(Repository).Count());
    }

    // The README's advice before the canary's code changes; at that moment nothing is built into the repository of the image that runs.
    [Fact]
    public async Task Keeps_the_repository_of_an_image_that_is_pinned()
    {
        var stack = await DevStack.DeclareAsync($$"""versions={"v1":"{{Registry}}/gopher-mesh-dev/gopher-distributor:src-1","v2":""}""");

        Assert.Equal(["gopher-requester-image"], stack.OfType(Command).Select(command => command.Name).Where(name => name.EndsWith("-image", StringComparison.Ordinal)));
        Assert.Equal("gopher-mesh-dev/gopher-distributor", (string)stack.Inputs(Repository, "gopher-distributor")["name"]!);
    }

    // The state keeps a command's environment: only the tag in it changes, and nothing in it is a secret.
    [Fact]
    public void Gives_the_command_no_token()
    {
        var inputs = _stack.Inputs(Command, "gopher-requester-image");

        Assert.Equal(["create", "environment", "interpreter", "logging"], inputs.Select(input => input.Key).Order());
        Assert.Equal(
            ["AWS_REGION", "PROJECT", "REGISTRY", "REPOSITORY", "TAG"],
            inputs["environment"]!.AsObject().Select(entry => entry.Key).Order());
    }

    [Fact]
    public async Task Says_which_images_run()
    {
        var stack = await DevStack.DeclareAsync(
            """versions={"v1":"docker.io/library/gopher-distributor:1.0","v2":""}""", "canaryVersion=v2");
        var images = stack.Outputs["images"]!.AsObject();

        Assert.Equal(["gopher-distributor-v1", "gopher-distributor-v2", "gopher-requester"], images.Select(image => image.Key).Order());
        Assert.Equal("docker.io/library/gopher-distributor:1.0", (string)images["gopher-distributor-v1"]!);
        Assert.Matches($@"\A{Registry}/gopher-distributor:src-[0-9a-f]{{16}}\z", (string)images["gopher-distributor-v2"]!);
        Assert.Matches($@"\A{Registry}/gopher-requester:src-[0-9a-f]{{16}}\z", (string)images["gopher-requester"]!);
    }

    [Fact]
    public void Runs_the_image_that_the_output_names()
    {
        var pod = _stack.Inputs("kubernetes:apps/v1:Deployment", "gopher-distributor-v2")["spec"]!["template"]!["spec"]!;
        Assert.Equal((string)_stack.Outputs["images"]!["gopher-distributor-v2"]!, (string)pod["containers"]![0]!["image"]!);
    }
}
