using System.Text.RegularExpressions;

namespace GopherMesh.Tests.Engine;

/// <summary>The committed stack dev from README's first line to an account with nothing of it.</summary>
public sealed class LifeTests
{
    [EngineFact]
    public async Task The_committed_stack_publishes_its_images_however_often_it_is_interrupted_and_leaves_nothing()
    {
        var before = await Account.ContentAsync();
        var stack = await CommittedStack.InitAsync();

        var first = await stack.UpAsync();
        Assert.Equal(["create"], first.Counts.Keys);
        Assert.Matches("^Request >> Gopher Version 1 from pod gopher-distributor-v1-", await stack.FirstAnswerAsync());
        await AssertImagesAsync();
        Assert.Equal("nothing", (await stack.PreviewAsync("--expect-no-changes")).Summary);
        await AssertPublishingGoesOnAsync(stack, "gopher-distributor");

        await stack.DestroyAsync();
        Assert.Empty((await Account.ContentAsync()).Except(before));
    }

    [EngineFact]
    public async Task A_stack_that_was_destroyed_can_be_made_again_under_the_same_name()
    {
        var before = await Account.ContentAsync();
        var stack = await CommittedStack.InitAsync();
        await stack.UseTestImagesAsync();
        var first = await stack.UpAsync();
        await stack.DestroyAsync();
        Assert.Empty((await Account.ContentAsync()).Except(before));

        Assert.Equal(first.Summary, (await stack.UpAsync()).Summary);
        Assert.Matches("^Request >> Gopher Version 1 from pod gopher-distributor-v1-", await stack.FirstAnswerAsync());
        await stack.DestroyAsync();
        Assert.Empty((await Account.ContentAsync()).Except(before));
    }

    // What the stack's command runs, killed after each push, then by two at once.
    private static async Task AssertPublishingGoesOnAsync(CommittedStack stack, string service)
    {
        var environment = (await stack.StateAsync())["resources"]!.AsArray().Single(resource => $"{resource!["urn"]}".EndsWith($"command:local:Command::{service}-image", StringComparison.Ordinal))!
            ["inputs"]!["environment"]!.AsObject().ToDictionary(variable => variable.Key, variable => $"{variable.Value}");
        Started Publish() => Started.Start("bash", ["infra/Images/publish-image.sh"], environment);

        foreach (var tag in await TagsAsync(service))
        {
            await Account.AskAsync($"ecr batch-delete-image --repository-name {CommittedStack.Cluster}/{service} --image-ids imageTag={tag} --query imageIds[].imageTag");
        }

        foreach (var pushes in (int[])[1, 2])
        {
            var killed = Publish();
            while (!killed.HasExited && (await TagsAsync(service)).Length < pushes)
            {
                await Task.Delay(50);
            }

            await killed.KillAsync();
            Checkout.Report($"publishing killed after {killed.Age.TotalSeconds:F0} s, with {string.Join(", ", await TagsAsync(service))}");
        }

        var both = await Task.WhenAll(Publish().EndAsync(), Publish().EndAsync());
        Assert.All(both, one => Assert.Equal(0, one.ExitCode));
        var digest = Assert.Single(await Account.AskAsync(
            $"ecr describe-images --repository-name {CommittedStack.Cluster}/{service} --image-ids imageTag={environment["TAG"]} --query imageDetails[].imageDigest"));
        Assert.All(both, one => Assert.EndsWith(digest, one.Output.Trim(), StringComparison.Ordinal));
        await AssertImagesAsync();
    }

    private static Task<string[]> TagsAsync(string service) =>
        Account.AskAsync($"ecr list-images --repository-name {CommittedStack.Cluster}/{service} --query imageIds[].imageTag");

    private static async Task AssertImagesAsync()
    {
        foreach (var service in (string[])["gopher-requester", "gopher-distributor"])
        {
            var tags = await TagsAsync(service);
            var index = Assert.Single(tags, tag => Regex.IsMatch(tag, "^src-[0-9a-f]{16}$"));
            Assert.Equal([index, $"{index}-linux-arm64", $"{index}-linux-x64"], tags.Order());
        }
    }
}
